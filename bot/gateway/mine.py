"""What belongs to the session that asks: what was said, its tickets, and its opinion on an answer.

======================  ================================================================================
``GET /api/history``    → ``{"turns": […]}`` of the present conversation, oldest first
``GET /api/tickets``    → ``{"tickets": […]}`` of the session, newest first; ``can``: what may be done
``POST /api/contact``    ``{"number", "code"?}`` the phone number of that ticket is deleted → ``{"dropped", "text"}``
``POST /api/feedback``  ``{"id", "useful"}`` the message whose answer is meant → ``{"useful"}`` as kept
======================  ================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid
from actions.tickets.states import load_states
from bot.gateway.door import Door
from bot.gateway.errors import ServiceUnavailable, TicketRefused, TicketUnknown
from bot.gateway.history import History
from bot.gateway.limits import Limits
from bot.gateway.notices import later, refused
from bot.gateway.sessions import Session
from bot.gateway.ticket_client import TicketClient
from bot.gateway.wording import say

MAX_BODY_BYTES = 4096
_RETRY_SECONDS = 30
_SHOWN = ("number", "state", "category", "department", "problem", "place", "reply", "provisional", "urged")
_TIMES = ("created", "due", "updated")


class Mine:
    """The handlers. Whose it is, the signed cookie alone decides."""

    def __init__(self, tickets: TicketClient, history: History, door: Door, limits: Limits) -> None:
        self._tickets = tickets
        self._history = history
        self._door = door
        self._limits = limits

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/api/history")(self.history)
        router.get("/api/tickets")(self.tickets)
        router.post("/api/contact")(self.drop_contact)
        router.post("/api/feedback")(self.feedback)
        return router

    async def history(self, request: Request) -> Response:
        """``GET /api/history``."""
        session = self._door.session(request)
        if session.fresh:  # nothing was said yet, and a look is no reason for a cookie
            return JSONResponse({"turns": []})
        if wait := await self._limits.read(self._door.caller(request, session)):
            return later(wait)
        return JSONResponse({"turns": await self._history.read(session.conversation)})

    async def tickets(self, request: Request) -> Response:
        """``GET /api/tickets``."""
        session = self._door.session(request)
        if session.fresh:
            return JSONResponse({"tickets": []})
        if wait := await self._limits.read(self._door.caller(request, session)):
            return later(wait)
        try:
            found = await self._tickets.of_session(session.name)
        except ServiceUnavailable:
            return later(_RETRY_SECONDS, 503)
        return JSONResponse({"tickets": [card(ticket) for ticket in found]})

    async def drop_contact(self, request: Request) -> Response:
        """``POST /api/contact``: for who filed it in this session, or has its code."""
        if self._door.foreign(request):
            return refused("foreign_origin", 403)
        session = self._door.session(request)
        if wait := await self._limits.post(self._door.caller(request, session)):
            return later(wait)
        body = await read_object(request, MAX_BODY_BYTES)
        number, code = body.get("number"), body.get("code", "")
        if not isinstance(number, str) or not isinstance(code, str):
            raise BodyInvalid("number 和 code 应是文字")
        name = "" if session.fresh else session.name
        try:
            dropped = await self._tickets.drop_contact(number[:40], code[:40], name)
        except TicketUnknown:
            return refused("ticket_unknown", 404)
        except TicketRefused as error:
            return JSONResponse({"error": {"code": "refused", "message": str(error)}}, 422)
        except ServiceUnavailable:
            return later(_RETRY_SECONDS, 503)
        return JSONResponse(
            {"dropped": dropped, "text": say("contact_dropped" if dropped else "contact_none")}
        )

    async def feedback(self, request: Request) -> Response:
        """``POST /api/feedback``: the question and the answer are those that were kept, whatever the page says."""
        if self._door.foreign(request):
            return refused("foreign_origin", 403)
        session = self._door.session(request)
        if wait := await self._limits.read(self._door.caller(request, session)):
            return later(wait)
        body = await read_object(request, MAX_BODY_BYTES)
        id_, useful = body.get("id"), body.get("useful")
        if not isinstance(id_, str) or not isinstance(useful, bool):
            raise BodyInvalid("id 应是文字，useful 应是 true 或 false")
        turns = () if session.fresh else await self._history.read(session.conversation)
        turn = next((turn for turn in turns if turn["id"] == id_ and _answer(turn)), None)
        if turn is None:
            return refused("answer_unknown", 404)
        return await self._keep(session, turn, useful)

    async def _keep(self, session: Session, turn: Mapping[str, Any], useful: bool) -> Response:
        try:
            kept = await self._tickets.rate_answer(opinion(session, turn, useful))
        except (ServiceUnavailable, TicketRefused):
            return later(_RETRY_SECONDS, 503)
        await self._history.rated(session.conversation, turn["id"])
        return JSONResponse({"useful": kept})


def opinion(session: Session, turn: Mapping[str, Any], useful: bool) -> dict[str, Any]:
    """The body of the service's ``POST /feedback``."""
    answer = _answer(turn)
    cited = dict.fromkeys(citation["source_id"] for citation in answer.get("citations", ()))
    return {
        "channel": session.channel,
        "conversation": session.conversation,
        "turn": turn["id"],
        "useful": useful,
        "question": turn["said"],
        "answer": "\n".join(reply["text"] for reply in turn["replies"] if "answer" in reply),
        "status": answer.get("status", ""),
        "sources": list(cited),
    }


def card(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket as the page shows it."""
    life, state = load_states(), str(ticket["state"])
    can = [move for move in ("urge", "withdraw") if state in life.moves[move].sources]
    if state in life.moves["settle"].sources:
        can.append("rate")
    if ticket.get("contact"):
        can.append("drop_contact")
    shown = {name: ticket[name] for name in (*_SHOWN, *_TIMES)}
    return {**shown, "open": life.states[state].open, "can": can}


def _answer(turn: Mapping[str, Any]) -> dict[str, Any]:
    found = (reply["answer"] for reply in turn.get("replies", ()) if "answer" in reply)
    return dict(next(found, {}))
