"""What the page fetches without being asked: news of tickets, topics that are followed, and stopping them.

=====================  =========================================================================
``GET /api/news``      ``?seen=17,19`` the messages that were shown → ``{"news": […], "desk"?}``
``POST /api/follow``   ``{"topic", "area"?}`` → ``{"topic", "area", "token"}``
``POST /api/unfollow`` ``{"token"}`` → ``{"stopped": true}``
=====================  =========================================================================
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid
from actions.serving.news import read_seen
from bot.gateway.door import Door
from bot.gateway.errors import ServiceUnavailable, TicketRefused
from bot.gateway.floor import Floor
from bot.gateway.history import History
from bot.gateway.limits import Limits
from bot.gateway.notices import later, refused
from bot.gateway.sessions import Session
from bot.gateway.ticket_client import TicketClient

MAX_BODY_BYTES = 4096
_RETRY_SECONDS = 30


class News:
    """The handlers. Whose news they are, the signed cookie alone decides."""

    def __init__(
        self, tickets: TicketClient, history: History, floor: Floor, door: Door, limits: Limits
    ) -> None:
        self._tickets = tickets
        self._floor = floor
        self._history = history
        self._door = door
        self._limits = limits

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/api/news")(self.news)
        router.post("/api/follow")(self.follow)
        router.post("/api/unfollow")(self.unfollow)
        return router

    async def news(self, request: Request) -> Response:
        """``GET /api/news``."""
        session = self._door.session(request)
        if session.fresh:  # nothing can have happened yet, and a look is no reason for a cookie
            return JSONResponse({"news": []})
        if wait := await self._limits.read(self._door.caller(request, session)):
            return later(wait)
        try:
            news, desk = await asyncio.gather(
                self._tickets.news(session.name, read_seen(request)), self._floor.standing(session)
            )
        except ServiceUnavailable:
            return later(_RETRY_SECONDS, 503)
        await self._history.told(session.conversation, news)
        return JSONResponse({"news": news, **({"desk": dict(desk)} if desk else {})})

    async def follow(self, request: Request) -> Response:
        """``POST /api/follow``."""
        if refusal := await self._refused(request):
            return refusal
        session, body = self._door.session(request), await read_object(request, MAX_BODY_BYTES)
        topic, area = _text(body, "topic"), _text(body, "area", "")
        language = "en" if _text(body, "language", "zh") == "en" else "zh"
        try:
            made = await self._tickets.follow(session.name, topic, area, language)
        except TicketRefused as error:
            raise BodyInvalid(str(error)) from None
        except ServiceUnavailable:
            return later(_RETRY_SECONDS, 503)
        return self._sent({name: made[name] for name in ("topic", "area", "token")}, session)

    async def unfollow(self, request: Request) -> Response:
        """``POST /api/unfollow``."""
        if refusal := await self._refused(request):
            return refusal
        token = _text(await read_object(request, MAX_BODY_BYTES), "token")
        try:
            await self._tickets.stop(token)
        except ServiceUnavailable:
            return later(_RETRY_SECONDS, 503)
        return JSONResponse({"stopped": True})

    async def _refused(self, request: Request) -> Response | None:
        """The answer to a call that isn't to be looked at; None for the others."""
        if self._door.foreign(request):
            return refused("foreign_origin", 403)
        wait = await self._limits.post(self._door.caller(request, self._door.session(request)))
        return later(wait) if wait else None

    def _sent(self, body: Mapping[str, Any], session: Session) -> Response:
        response = JSONResponse(dict(body))
        self._door.remember(response, session)
        return response


def _text(body: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise BodyInvalid(f"{name} 应是文字")
    return value
