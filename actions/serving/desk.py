"""The operators' side of the conversations over HTTP, for the console: JSON in, JSON out.

=================================  ==================================================================================
``GET /desk/chats``                ``?view=waiting|mine|all`` → lines, the length of each view, who is on duty
``GET /desk/chats/{id}``           ``?after=`` → where it stands, what was said since
``POST /desk/chats/{id}/{act}``    claim, release, close; transfer with ``to``; say and note with ``text``, ``key``
``GET /desk/chats/{id}/advice``    ``?text=`` → a suggested answer, already verified
``POST /desk/presence``            ``on_duty``
=================================  ==================================================================================

Every route needs the service token, ``X-Operator`` (an operator or supervisor) and their name, in the body or the query
as ``name``. ``say`` with a number that no source holds is refused (409, ``unproved``) until it is sent with ``confirmed``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.accounts.office import AccountOffice
from actions.conversations.errors import Unverified
from actions.conversations.inbox import Line, View, answer_of
from actions.conversations.records import Conversation, Operator, Utterance
from actions.conversations.room import Room
from actions.serving.body import read_object
from actions.serving.conversations import run
from actions.serving.errors import BodyInvalid, NotFound
from actions.serving.operator import Operators
from actions.serving.ticket_bodies import read_text
from actions.serving.workers import Workers
from actions.tickets.reports import plain

MAX_BODY_BYTES = 64_000
_DIGITS = 9
_RECORDED = frozenset({"claim", "release", "transfer", "close"})  # what was said stands in the conversation


class DeskRoutes:
    """The handlers.

    :param workers: for the ledger.
    :param thinkers: for what asks the answering pipeline.
    :param accounts: whose record of acts is kept, too; None: an app without accounts.
    """

    def __init__(
        self, room: Room, workers: Workers, thinkers: Workers, accounts: AccountOffice | None = None
    ) -> None:
        self._accounts = accounts
        self._room = room
        self._workers = workers
        self._thinkers = thinkers

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/desk/chats")(self.list)
        router.get("/desk/chats/{name}")(self.show)
        router.get("/desk/chats/{name}/advice")(self.advise)
        router.post("/desk/chats/{name}/{act}")(self.act)
        router.post("/desk/presence")(self.presence)
        return router

    async def list(self, request: Request) -> Response:
        """``GET /desk/chats``."""
        operator, view = _operator(request, request.query_params), request.query_params.get("view", "waiting")
        if view not in get_args(View):
            raise BodyInvalid("view 应是 waiting、mine 或 all")

        def look() -> dict[str, Any]:
            self._check(request)
            room = self._room
            room.presence.seen(operator)
            chosen: View = view  # type: ignore[assignment]  # checked above
            lines = [_line(line) for line in room.inbox.list(chosen, operator.id)]
            there = [vars(one) for one in room.presence.on_duty()]
            return {"chats": lines, "counts": vars(room.inbox.count(operator.id)), "on_duty": there}

        return JSONResponse(await run(self._workers, look))

    async def show(self, request: Request, name: str) -> Response:
        """``GET /desk/chats/{id}``."""
        operator, after = _operator(request, request.query_params), request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) <= _DIGITS):
            raise BodyInvalid("after 应是一个序号")

        def look() -> dict[str, Any]:
            self._check(request)
            self._room.presence.seen(operator)
            held, said = self._room.inbox.show(plain(name), int(after))
            there = [vars(one) for one in self._room.presence.on_duty()]
            return {"chat": _chat(held), "said": [_said(one) for one in said], "on_duty": there}

        return JSONResponse(await run(self._workers, look))

    async def advise(self, request: Request, name: str) -> Response:
        """``GET /desk/chats/{id}/advice``."""
        asked = plain(request.query_params.get("text", ""))[:300]

        def think() -> dict[str, Any]:
            self._check(request)
            answer = self._room.advice.suggest(self._room.inbox.show(plain(name))[1], asked)
            return {"suggestion": answer.payload() if answer else None}

        return JSONResponse(await run(self._thinkers, think))

    async def act(self, request: Request, name: str, act: str) -> Response:
        """``POST /desk/chats/{id}/{act}``."""
        body = await read_object(request, MAX_BODY_BYTES)
        operator = _operator(request, body)
        work = self._work(act, plain(name), operator, body)
        if work is None:
            raise NotFound(f"没有 {act[:20]} 这个操作")
        await run(self._workers, lambda: self._check(request))
        if act == "say" and body.get("confirmed") is not True:
            await self._prove(plain(name), read_text(body, "text"))
        held = await run(self._workers, work)
        if self._accounts and act in _RECORDED:
            await run(self._workers, lambda: self._record(request, act, held, body))
        return JSONResponse({"chat": _chat(held)})

    def _check(self, request: Request) -> None:
        """Chats are for operators and supervisors; the account says so, not the caller. Raises Forbidden."""
        if self._accounts is not None:
            Operators(self._accounts.accounts).of(request, "operator", "supervisor")

    def _record(self, request: Request, act: str, held: Conversation, body: Mapping[str, Any]) -> None:
        """Into the signed record of operators' acts, beside the conversation's own."""
        if self._accounts is None:
            return
        by = Operators(self._accounts.accounts).of(request)
        details = {"to": body["to"]} if act == "transfer" else {}
        self._accounts.acts.write(by, f"chat_{act}", held.id, details)

    def _work(
        self, act: str, name: str, operator: Operator, body: Mapping[str, Any]
    ) -> Callable[[], Conversation] | None:
        desk = self._room.takeover
        simple = {"claim": desk.claim, "release": desk.release, "close": desk.close}
        if act in simple:
            return lambda: simple[act](name, operator)
        if act == "transfer":
            to = read_text(dict(body), "to")
            return lambda: desk.transfer(name, operator, to)
        if act in ("say", "note"):
            text, key = read_text(dict(body), "text"), read_text(dict(body), "key")
            if not 0 < len(key) <= 80:
                raise BodyInvalid("key 应有 1 到 80 字")
            speak = desk.say if act == "say" else desk.note
            return lambda: speak(name, operator, text, f"desk-{key}")
        return None

    async def _prove(self, name: str, text: str) -> None:
        def think() -> None:
            found = self._room.advice.unproved(text, self._room.inbox.show(name)[1])
            if found:
                raise Unverified(found)

        await run(self._thinkers, think)

    async def presence(self, request: Request) -> Response:
        """``POST /desk/presence``."""
        body = await read_object(request, MAX_BODY_BYTES)
        operator, on_duty = _operator(request, body), body.get("on_duty")
        if not isinstance(on_duty, bool):
            raise BodyInvalid("on_duty 应是 true 或 false")
        await run(self._workers, lambda: self._check(request))
        await run(self._workers, lambda: self._room.presence.mark(operator, on_duty))
        return JSONResponse({"on_duty": on_duty})


def _operator(request: Request, body: Mapping[str, Any]) -> Operator:
    id_ = request.headers.get("x-operator", "")
    name = body.get("name") or id_
    if not 0 < len(id_) <= 40 or not isinstance(name, str) or not 0 < len(name) <= 80:
        raise BodyInvalid("要有 X-Operator（至多 40 字）和坐席的名字（至多 80 字）")
    return Operator(plain(id_), plain(name))


def _line(line: Line) -> dict[str, Any]:
    return {**_chat(line.conversation), "last": line.last, "unanswered": _moment(line.unanswered)}


def _chat(held: Conversation) -> dict[str, Any]:
    names = ("id", "channel", "state", "owner", "owner_name", "epoch", "length", "mood", "language")
    moments = ("began", "active", "waiting_since", "closed", "erased")
    kept = {name: getattr(held, name) for name in names}
    return kept | {name: _moment(getattr(held, name)) for name in moments}


def _said(one: Utterance) -> dict[str, Any]:
    names = ("number", "speaker", "text", "operator", "name", "turn", "withheld", "erased")
    return {**{name: getattr(one, name) for name in names}, "at": _moment(one.at), "answer": answer_of(one)}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
