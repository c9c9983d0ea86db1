"""How another channel's process hands in a message: the same desk as the page's, for whom the process vouches.

=========================  =====================================================================
``POST /channels/{name}``  ``{"user", "number", "message", "id", "public"?}`` → as ``POST /api/chat``
=========================  =====================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from starlette.routing import Route

from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid
from bot.gateway.chat import Desk
from bot.gateway.door import Door
from bot.gateway.limits import Caller
from bot.gateway.outcome import notice
from bot.gateway.sessions import Session, Sessions

MAX_BODY_BYTES = 262_144
_WORD = re.compile(r"[A-Za-z0-9_-]{1,96}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ChannelDoor:
    """The handler. Without the service token there is no such address."""

    def __init__(self, desk: Desk, door: Door, sessions: Sessions) -> None:
        self._desk = desk
        self._door = door
        self._sessions = sessions

    def every_message(self) -> Route:
        """The route; it has no parameters for FastAPI to read."""
        return Route("/channels/{name}", self.message, methods=["POST"])

    async def message(self, request: Request) -> Response:
        """``POST /channels/{name}``: limited by the chat, not by the address of the channel's process."""
        name = request.path_params["name"]
        if not self._door.trusted(request):
            body = {**notice("not_found").json(), "error": {"code": "not_found", "message": "Not Found"}}
            return JSONResponse(body, 404)
        body = await read_object(request, MAX_BODY_BYTES)
        session = self.session(name, body)
        message, id_ = body.get("message"), body.get("id")
        if not isinstance(message, str) or not isinstance(id_, str) or not _ID.fullmatch(id_):
            raise BodyInvalid("message 应是字符串，id 应是 1 到 64 个字母、数字、连字符或下划线")
        caller = Caller(session.id, session.id)
        outcome = await self._desk.handle(session, caller, message, id_)
        return JSONResponse(outcome.json(), outcome.status)

    def session(self, name: str, body: Mapping[str, Any]) -> Session:
        """The chat that the body names. Raises BodyInvalid."""
        user, number, public = body.get("user"), body.get("number"), body.get("public", False)
        if (
            not isinstance(user, str)
            or not _WORD.fullmatch(user)
            or not _WORD.fullmatch(name)
            or name == "web"
        ):
            raise BodyInvalid("user 应是 1 到 96 个字母、数字、连字符或下划线，渠道名也是，且不是 web")
        if not isinstance(number, int) or not isinstance(public, bool):
            raise BodyInvalid("number 应是整数，public 应是 true 或 false")
        return self._sessions.of(name, user, number, public)
