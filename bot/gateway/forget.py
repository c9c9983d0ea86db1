"""Erases what was said, on request: in the ledger, in the short memory, in Rasa. Tickets stay.

================================  ==============================================================
``POST /api/forget``              the page's own session → ``{"forgotten": true, "replies": […]}``
``POST /channels/{name}/forget``  ``{"user", "number"}`` with the service token → the same
================================  ==============================================================
"""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.serving.body import read_object
from bot.gateway.channels import MAX_BODY_BYTES, ChannelDoor
from bot.gateway.chat import Desk
from bot.gateway.conversation_client import ConversationClient
from bot.gateway.door import Door
from bot.gateway.errors import ScratchUnavailable, ServiceUnavailable
from bot.gateway.history import History
from bot.gateway.limits import Limits
from bot.gateway.notices import later, refused
from bot.gateway.outcome import notice
from bot.gateway.scratch import Scratch
from bot.gateway.sessions import Session, Sessions

log = logging.getLogger(__name__)
_RETRY_SECONDS = 30
_MOST = 50  # conversations of one session that are looked for by name


class Forget:
    """The handlers. Whose words they are, the signed cookie or the channel's process decides."""

    def __init__(
        self,
        desk: Desk,
        client: ConversationClient,
        scratch: Scratch,
        history: History,
        sessions: Sessions,
    ) -> None:
        self._desk = desk
        self._client = client
        self._scratch = scratch
        self._history = history
        self._sessions = sessions

    def router(self, door: Door, limits: Limits, channels: ChannelDoor) -> APIRouter:
        """The routes."""
        router = APIRouter()

        async def page(request: Request) -> Response:
            if door.foreign(request):
                return refused("foreign_origin", 403)
            session = door.session(request)
            if wait := await limits.post(door.caller(request, session)):
                return later(wait)
            response = await self._answer(session)
            if response.status_code == 200:
                door.remember(response, door.restart(session))
            return response

        async def channel(request: Request, name: str) -> Response:
            if not door.trusted(request):
                return refused("not_found", 404)
            session = channels.session(name, await read_object(request, MAX_BODY_BYTES))
            return await self._answer(session)

        router.post("/api/forget")(page)
        router.post("/channels/{name}/forget")(channel)
        return router

    async def _answer(self, session: Session) -> Response:
        try:
            # In the conversation's line: what is being composed would write it down again.
            async with self._desk.quiet(session):
                names = await self._client.forget(session)
                own = self._sessions.earlier(session)[-_MOST:]
                every = tuple(dict.fromkeys([*names, *own]))
                for name in every:
                    await self._history.forget(name)
                await self._scratch.erase(every)
        except (ServiceUnavailable, ScratchUnavailable) as error:
            log.error("not forgotten: %s", error)
            return JSONResponse(
                {"forgotten": False, **notice("not_forgotten").json()},
                503,
                {"Retry-After": str(_RETRY_SECONDS)},
            )
        log.info("forgot %d conversations", len(every))
        return JSONResponse({"forgotten": True, **notice("forgotten").json()})
