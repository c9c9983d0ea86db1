"""The JSON routes and the three that machines read."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.routing import Route

from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid
from bot.gateway.chat import Desk
from bot.gateway.door import Door
from bot.gateway.floor import Floor
from bot.gateway.gauges import Gauges
from bot.gateway.health import Doctor
from bot.gateway.history import History
from bot.gateway.limits import Limits
from bot.gateway.metrics import CONTENT_TYPE, GatewayMetrics
from bot.gateway.outcome import Outcome, notice
from bot.gateway.scratch import Scratch
from bot.gateway.sessions import Session

# Room for a 10,000-character message even when every character is escaped, so that it gets a reply.
MAX_BODY_BYTES = 262_144
_ID = re.compile(r"[A-Za-z0-9_-]{0,64}")


class Api:
    """Handlers around the desk."""

    def __init__(
        self,
        desk: Desk,
        door: Door,
        limits: Limits,
        scratch: Scratch,
        history: History,
        floor: Floor,
        doctor: Doctor,
        metrics: GatewayMetrics,
        gauges: Gauges,
    ) -> None:
        self._desk = desk
        self._door = door
        self._limits = limits
        self._scratch = scratch
        self._history = history
        self._floor = floor
        self._doctor = doctor
        self._metrics = metrics
        self._gauges = gauges

    def router(self) -> APIRouter:
        """The routes but that of ``every_message``."""
        router = APIRouter()
        router.post("/api/restart")(self.restart)
        router.get("/healthz")(self.healthz)
        router.get("/readyz")(self.readyz)
        router.get("/metrics")(self.metrics)
        return router

    def every_message(self) -> Route:
        """What each message asks; it has no parameters for FastAPI to read."""
        return Route("/api/chat", self.chat, methods=["POST"])

    async def chat(self, request: Request) -> Response:
        """``POST /api/chat``; the sender is the cookie's, whatever the body claims."""
        if self._door.foreign(request):
            return self._send(notice("foreign_origin", 403))
        session = self._door.session(request)
        caller = self._door.caller(request, session)
        body = await read_object(request, MAX_BODY_BYTES)
        message, id_ = body.get("message"), body.get("id", "")
        if not isinstance(message, str):
            raise BodyInvalid("message 应是字符串")
        if not isinstance(id_, str) or not _ID.fullmatch(id_):
            raise BodyInvalid("id 应是至多 64 个字母、数字、连字符或下划线")
        return self._send(await self._desk.handle(session, caller, message, id_), session)

    async def restart(self, request: Request) -> Response:
        """``POST /api/restart``: what was said before no longer counts."""
        if self._door.foreign(request):
            return self._send(notice("foreign_origin", 403))
        session = self._door.session(request)
        wait = await self._limits.conversation(self._door.caller(request, session))
        if wait:
            minutes = -(-wait // 60)
            return self._send(notice("conversations_limited", 429, wait, minutes=minutes))
        await self._floor.end(session)
        await self._scratch.forget(session.conversation)
        await self._history.forget(session.conversation)
        return self._send(notice("restarted"), self._door.restart(session))

    def _send(self, outcome: Outcome, session: Session | None = None) -> Response:
        response = JSONResponse(outcome.json(), outcome.status)
        if outcome.retry_after:
            response.headers["Retry-After"] = str(outcome.retry_after)
        if session:
            self._door.remember(response, session)
        return response

    async def healthz(self) -> Response:
        """``GET /healthz``: this process turns; nothing else is asked."""
        return JSONResponse({"status": "alive"})

    async def readyz(self, request: Request) -> Response:
        """``GET /readyz``: 200 when everything works, 503 and which part doesn't otherwise.

        A balancer that would rather keep a gateway which only answers questions asks
        ``?level=answers``.
        """
        health = await self._doctor.health()
        enough = health.service if request.query_params.get("level") == "answers" else health.complete
        return JSONResponse(health.json(), 200 if enough else 503)

    async def metrics(self, request: Request) -> Response:
        """``GET /metrics``: for this machine, or with the service token."""
        if not (self._door.local(request) or self._door.trusted(request)):
            return self._send(notice("not_found", 404))
        await self._gauges.refresh()
        return Response(self._metrics.text(), media_type=CONTENT_TYPE)
