"""What readers fetch and what they follow, over HTTP.

=====================================  ==============================================================================
``GET /sessions/{id}/news``            ``?seen=17,19`` what was shown, ``channel`` (web) → unread messages
``GET /sessions/{id}/subscriptions``   ``?channel=`` → what a reader follows
``POST /sessions/{id}/subscriptions``  ``topic``, ``area``, ``language``, ``channel`` → 201
``POST /subscriptions/stop``           ``token``; always 200
=====================================  ==============================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid
from actions.serving.ticket_bodies import read_text
from actions.serving.tickets import refusal
from actions.serving.workers import Workers
from actions.tickets.aftercare import Aftercare
from actions.tickets.errors import TicketError
from actions.tickets.mailbox import MOST
from actions.tickets.outbox import Letter
from actions.tickets.reports import plain
from actions.tickets.subscriptions import Subscription

MAX_BODY_BYTES = 16_000
_SEEN = re.compile(r"(?:[0-9]{1,15}(?:,[0-9]{1,15})*)?")  # a page holds whole numbers of 15 digits exactly
T = TypeVar("T")


class NewsRoutes:
    """The handlers; their work goes to threads."""

    def __init__(self, care: Aftercare, workers: Workers) -> None:
        self._care = care
        self._workers = workers

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/sessions/{session}/news")(self.news)
        router.get("/sessions/{session}/subscriptions")(self.followed)
        router.post("/sessions/{session}/subscriptions")(self.follow)
        router.post("/subscriptions/stop")(self.stop)
        return router

    async def news(self, request: Request, session: str) -> Response:
        """``GET /sessions/{id}/news``."""
        seen, channel = read_seen(request), plain(request.query_params.get("channel", "web"))
        found = await self._run(lambda: self._care.mailbox.fetch(channel, plain(session), seen))
        return JSONResponse({"news": [_letter(letter) for letter in found]})

    async def followed(self, request: Request, session: str) -> Response:
        """``GET /sessions/{id}/subscriptions``."""
        channel = plain(request.query_params.get("channel", "web"))
        found = await self._run(lambda: self._care.subscriptions.of(channel, plain(session)))
        return JSONResponse({"subscriptions": [_subscription(one) for one in found]})

    async def follow(self, request: Request, session: str) -> Response:
        """``POST /sessions/{id}/subscriptions``."""
        body = await read_object(request, MAX_BODY_BYTES)
        topic, area = read_text(body, "topic"), read_text(body, "area", "")
        language, channel = read_text(body, "language", "zh"), read_text(body, "channel", "web")
        if len(language) > 8 or len(channel) > 20 or len(session) > 128:
            raise BodyInvalid("language 至多 8 字，channel 至多 20 字，session 至多 128 字")
        follow = self._care.subscriptions.subscribe
        made = await self._run(lambda: follow(channel, plain(session), topic, area, language))
        return JSONResponse(_subscription(made), 201)

    async def stop(self, request: Request) -> Response:
        """``POST /subscriptions/stop``: the same answer whatever the token was."""
        token = read_text(await read_object(request, MAX_BODY_BYTES), "token")
        await self._run(lambda: self._care.subscriptions.stop(token))
        return JSONResponse({"stopped": True})

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await self._workers.run(work)
        except TicketError as error:
            raise refusal(error) from None


def read_seen(request: Request) -> list[int]:
    """The numbers of the messages that were shown. Raises BodyInvalid."""
    text = request.query_params.get("seen", "")
    if not _SEEN.fullmatch(text) or text.count(",") >= MOST:
        raise BodyInvalid(f"seen 应是已显示的消息的 id，用逗号隔开，至多 {MOST} 个")
    return [int(number) for number in text.split(",") if number]


def _letter(letter: Letter) -> dict[str, Any]:
    created = letter.created.isoformat(timespec="seconds")
    return {**letter.body, "id": letter.id, "kind": letter.kind, "created": created}


def _subscription(one: Subscription) -> dict[str, Any]:
    return {"token": one.token, "topic": one.topic, "area": one.area, "created": one.created.isoformat()}
