"""Curated answers: drafted from a source or a person's reply, edited by a new version, reviewed by a second one,
switched; and the gaps."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from actions.tickets.moment import LOCAL, now
from bot.console.chats import AT_THE_DESK
from bot.console.entries_view import STATES, begun, grouped, prefilled
from bot.console.errors import Refused
from bot.console.guard import form
from bot.console.knowledge import EDITORS
from bot.console.operator import Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService
from knowledge.places import TOWNS

HERE = f"{PREFIX}/entries"
_GAPS_SECONDS = 60.0
_TEXTS = ("questions", "text", "source", "quote", "conversation", "effective", "expires", "scope")
_NUMBERS = ("number", "replaces")
_NUMBER = re.compile(r"[0-9]{1,9}")


class EntryPages:
    """``/desk/entries``."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("/entries", self.show, roles=EDITORS, label="精选回答")
        router.page("/chats/{name}/answer/{number}", self.begin, roles=AT_THE_DESK)
        router.act("/entries", self.draft, roles=EDITORS | AT_THE_DESK)
        router.act("/entries/{number}/{move}", self.move, roles=EDITORS)
        router.page("/gaps", self.gaps, roles=EDITORS, label="知识缺口")

    async def show(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/entries``; ``?question=`` begins a draft, ``?edit=`` a new version of one."""
        edit = request.query_params.get("edit", "")
        if edit:
            return await self._page(operator, {}, edit=edit)
        return await self._page(operator, {"questions": request.query_params.get("question", "")[:100]})

    async def begin(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/chats/{name}/answer/{number}``: an answer made of what a person replied."""
        conversation, number = (str(request.path_params[name]) for name in ("name", "number"))
        given = {**await self._replied(operator, conversation, number), "scope": ""}
        return self._drafting(operator, given)

    async def draft(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/entries``."""
        found = await form(request)
        given = {name: str(found.get(name, "")).strip() for name in (*_TEXTS, *_NUMBERS)}
        body: dict[str, Any] = {**given, "questions": given["questions"].splitlines()}
        body |= {name: int(given[name]) if _NUMBER.fullmatch(given[name]) else None for name in _NUMBERS}
        editor = operator.has(*EDITORS)
        try:
            await self._service.by(operator).post("/knowledge/entries", body)
        except Refused as error:
            if editor:
                return await self._page(operator, given, str(error), error.status)
            said = await self._replied(operator, given["conversation"], given["number"])
            return self._drafting(operator, {**said, **given}, str(error), error.status)
        back = HERE if editor else f"{PREFIX}/chats/{quote(given['conversation'], safe='')}?done=drafted"
        return RedirectResponse(back, 303)

    async def move(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/entries/{id}/{move}``: approve, refuse, off, on."""
        number, move = (str(request.path_params[name]) for name in ("number", "move"))
        if not (
            number.isascii() and number.isdigit() and len(number) < 10 and move.isalpha() and move.isascii()
        ):
            raise Refused("not_found", "没有这一条", 404)
        try:
            await self._service.by(operator).post(f"/knowledge/entries/{number}/{move}", {})
        except Refused as error:
            return await self._page(operator, {}, str(error), error.status)
        return RedirectResponse(HERE, 303)

    async def gaps(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/gaps``."""
        found = await self._service.by(operator).send("GET", "/knowledge/gaps", seconds=_GAPS_SECONDS)
        return self._screens.page("gaps.html", operator, here=f"{PREFIX}/gaps", gaps=found.json()["gaps"])

    async def _replied(self, operator: Operator, conversation: str, number: str) -> dict[str, str]:
        if not (number.isascii() and number.isdigit() and 0 < len(number) < 8 and conversation):
            raise Refused("not_found", "没有这条回复", 404)
        path = f"/desk/chats/{quote(conversation, safe='')}"
        found = await self._service.by(operator).get(path, name=operator.name)
        given = begun(found["said"], conversation, int(number), _today())
        if given is None:
            raise Refused("not_found", "这一条不是坐席发给居民的回复，或已经删除", 404)
        return given

    def _drafting(
        self, operator: Operator, given: Mapping[str, str], problem: str = "", status: int = 200
    ) -> Response:
        return self._screens.page(
            "entry_draft.html",
            operator,
            status,
            here=f"{PREFIX}/chats",
            given=given,
            problem=problem,
            towns=TOWNS,
        )

    async def _page(
        self, operator: Operator, given: dict[str, str], problem: str = "", status: int = 200, edit: str = ""
    ) -> Response:
        mine = self._service.by(operator)
        found, sources = await mine.get("/knowledge/entries"), await mine.get("/sources")
        if edit:
            given = prefilled(found["entries"], edit)
        filled = {name: given.get(name, "") for name in (*_TEXTS, *_NUMBERS)}
        return self._screens.page(
            "entries.html", operator, status, here=HERE, problem=problem, given=filled, states=STATES, towns=TOWNS,
            groups=grouped(found["entries"], _today()), sources=sources["sources"],
        )  # fmt: skip


def _today() -> dt.date:
    return now().astimezone(LOCAL).date()
