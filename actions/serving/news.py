"""What readers fetch and what they follow, and the figures, over HTTP.

=====================================  ==============================================================================
``GET /sessions/{id}/news``            ``?after=`` number of the last one shown, ``channel`` (web) → unread messages
``GET /sessions/{id}/subscriptions``   ``?channel=`` → what a reader follows
``POST /sessions/{id}/subscriptions``  ``topic``, ``area``, ``language``, ``channel`` → 201
``POST /subscriptions/stop``           ``token``; always 200
``GET /figures``                       ``?since=&until=`` ISO 8601 → on time, response, backlog, satisfaction
=====================================  ==============================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid
from actions.serving.ticket_bodies import read_moment, read_text
from actions.serving.tickets import refusal
from actions.serving.workers import Workers
from actions.tickets.aftercare import Aftercare
from actions.tickets.errors import TicketError
from actions.tickets.outbox import Letter
from actions.tickets.reports import plain
from actions.tickets.subscriptions import Subscription

MAX_BODY_BYTES = 16_000
_LAST = 2**53  # the largest whole number a page's JavaScript holds exactly
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
        router.get("/figures")(self.figures)
        return router

    async def news(self, request: Request, session: str) -> Response:
        """``GET /sessions/{id}/news``."""
        after, channel = _number(request), plain(request.query_params.get("channel", "web"))
        found = await self._run(lambda: self._care.mailbox.fetch(channel, plain(session), after))
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

    async def figures(self, request: Request) -> Response:
        """``GET /figures``."""
        since, until = (read_moment(request.query_params.get(name, ""), name) for name in ("since", "until"))
        sheet = await self._run(lambda: self._care.figures.compute(since, until))
        return JSONResponse(sheet.json())

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await self._workers.run(work)
        except TicketError as error:
            raise refusal(error) from None


def _number(request: Request) -> int:
    text = request.query_params.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= _LAST):
        raise BodyInvalid("after 应是上一条消息的 id，没有就不写")
    return int(text)


def _letter(letter: Letter) -> dict[str, Any]:
    created = letter.created.isoformat(timespec="seconds")
    return {**letter.body, "id": letter.id, "kind": letter.kind, "created": created}


def _subscription(one: Subscription) -> dict[str, Any]:
    return {"token": one.token, "topic": one.topic, "area": one.area, "created": one.created.isoformat()}
