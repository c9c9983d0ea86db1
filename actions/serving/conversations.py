"""The gateway's side of the desk over HTTP: JSON in, JSON out. The operators' side is in ``desk.py``.

======================================  =============================================================================
``POST /conversations/{id}/turns``      ``session``, ``channel``, ``text``, ``key`` → who has the word
``POST /conversations/{id}/replies``    the same, ``replies``, ``handoff`` → whether they go out
``GET /conversations/{id}/desk``        what the resident is told of the desk
``POST /conversations/{id}/end``        the resident began another one; always 200
``POST /sessions/{id}/forget``          ``conversation`` → erased, with the names of all conversations
======================================  =============================================================================

Every route needs the service token. A call that timed out may be repeated with its key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.routing import Route

from actions.conversations import errors
from actions.conversations.records import BotReply, Heard, Standing
from actions.conversations.room import Room
from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid, Contradicted, NotFound, RequestRefused, Unproved
from actions.serving.ticket_bodies import read_text
from actions.serving.tickets import refusal as ticket_refusal
from actions.serving.workers import Workers
from actions.tickets.errors import TicketError
from actions.tickets.reports import plain

MAX_BODY_BYTES = 512_000
log = logging.getLogger(__name__)
T = TypeVar("T")
_LENGTHS = {"session": 128, "channel": 20, "key": 96}
_MAX_NAME = 128


class ConversationRoutes:
    """The handlers; their work goes to threads."""

    def __init__(self, room: Room, workers: Workers) -> None:
        self._room = room
        self._workers = workers

    def router(self) -> APIRouter:
        """The routes but those of ``every_message``."""
        router = APIRouter()
        router.get("/conversations/{name}/desk")(self.standing)
        router.post("/conversations/{name}/end")(self.end)
        router.post("/sessions/{session}/forget")(self.forget)
        return router

    def every_message(self) -> list[Route]:
        """What each message asks: FastAPI reads no parameters of these, which would take longer than their work."""
        return [
            Route("/conversations/{name}/turns", self.open, methods=["POST"]),
            Route("/conversations/{name}/replies", self.commit, methods=["POST"]),
        ]

    async def open(self, request: Request) -> Response:
        """``POST /conversations/{id}/turns``."""
        heard = _heard(request.path_params["name"], await read_object(request, MAX_BODY_BYTES))
        opened = await run(self._workers, lambda: self._room.turns.open(heard))
        body = {"number": opened.number, "held": opened.held, "danger": opened.danger}
        return JSONResponse({**body, "desk": _desk(opened.standing)})

    async def commit(self, request: Request) -> Response:
        """``POST /conversations/{id}/replies``."""
        body = await read_object(request, MAX_BODY_BYTES)
        heard, replies = _heard(request.path_params["name"], body), _replies(body)
        handoff = body.get("handoff", False)
        if not isinstance(handoff, bool):
            raise BodyInvalid("handoff 应是 true 或 false")
        done = await run(self._workers, lambda: self._room.turns.commit(heard, replies, handoff))
        return JSONResponse({"sent": done.sent, "notice": done.notice, "desk": _desk(done.standing)})

    async def standing(self, name: str) -> Response:
        """``GET /conversations/{id}/desk``."""

        def look() -> Standing | None:
            with self._room.store.reading() as connection:
                held = self._room.pen.find(connection, plain(name))
                return self._room.pen.standing(connection, held) if held else None

        return JSONResponse({"desk": _desk(await run(self._workers, look))})

    async def end(self, name: str) -> Response:
        """``POST /conversations/{id}/end``."""
        return JSONResponse({"ended": await run(self._workers, lambda: self._room.care.end(plain(name)))})

    async def forget(self, request: Request, session: str) -> Response:
        """``POST /sessions/{id}/forget``."""
        name = read_text(await read_object(request, MAX_BODY_BYTES), "conversation")
        names = await run(self._workers, lambda: self._room.care.forget(plain(session), name))
        return JSONResponse({"conversations": list(names)})


async def run(workers: Workers, work: Callable[[], T]) -> T:
    """Work in a thread; its refusals as the caller is told of them. Raises RequestRefused."""
    try:
        return await workers.run(work)
    except TicketError as error:
        raise ticket_refusal(error) from None
    except errors.ConversationError as error:
        raise refusal(error) from None


def refusal(error: errors.ConversationError) -> RequestRefused:
    """What the caller is told of it."""
    if isinstance(error, errors.ConversationUnknown):
        return NotFound(str(error))
    if isinstance(error, errors.NotYours):
        return Contradicted(str(error))
    return Unproved(str(error)) if isinstance(error, errors.Unverified) else BodyInvalid(str(error))


def _desk(standing: Standing | None) -> dict[str, Any] | None:
    return standing.json() if standing else None


def _heard(name: str, body: Mapping[str, Any]) -> Heard:
    values = {key: read_text(dict(body), key) for key in ("session", "channel", "text", "key")}
    for key, most in _LENGTHS.items():
        if not 0 < len(values[key]) <= most:
            raise BodyInvalid(f"{key} 应有 1 到 {most} 字")
    if len(name) > _MAX_NAME:
        raise BodyInvalid(f"会话名至多 {_MAX_NAME} 字")
    return Heard(plain(name), **values)


def _replies(body: Mapping[str, Any]) -> list[BotReply]:
    replies = body.get("replies")
    if not isinstance(replies, list) or not all(isinstance(reply, dict) for reply in replies):
        raise BodyInvalid("replies 应是一列对象")
    found = []
    for reply in replies:
        answer = reply.get("answer")
        if answer is not None and not isinstance(answer, dict):
            raise BodyInvalid("answer 应是对象")
        found.append(BotReply(read_text(reply, "text"), answer))
    return found
