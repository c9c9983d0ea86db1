"""Curated answers: drafted from a source or a person's reply, reviewed by a second one, switched; and the gaps."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from bot.console.errors import Refused
from bot.console.guard import form
from bot.console.knowledge import EDITORS
from bot.console.operator import Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService

HERE = f"{PREFIX}/entries"
STATES = {"draft": "待审核", "approved": "在用", "refused": "未采用"}
_GAPS_SECONDS = 60.0
_FIELDS = ("questions", "text", "source", "quote", "conversation", "number", "effective", "expires")


class EntryPages:
    """``/desk/entries``."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("/entries", self.show, roles=EDITORS, label="精选回答")
        router.act("/entries", self.draft, roles=EDITORS)
        router.act("/entries/{number}/{move}", self.move, roles=EDITORS)
        router.page("/gaps", self.gaps, roles=EDITORS, label="知识缺口")

    async def show(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/entries``; ``?question=`` begins a draft."""
        given = {"questions": request.query_params.get("question", "")[:100]}
        return await self._page(operator, given)

    async def draft(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/entries``."""
        found = await form(request)
        given = {name: str(found.get(name, "")).strip() for name in _FIELDS}
        body: dict[str, Any] = {**given, "questions": given["questions"].splitlines()}
        body["number"] = int(given["number"]) if given["number"].isdecimal() else None
        try:
            await self._service.by(operator).post("/knowledge/entries", body)
        except Refused as error:
            return await self._page(operator, given, str(error), error.status)
        return RedirectResponse(HERE, 303)

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

    async def _page(
        self, operator: Operator, given: dict[str, str], problem: str = "", status: int = 200
    ) -> Response:
        mine = self._service.by(operator)
        found, sources = await mine.get("/knowledge/entries"), await mine.get("/sources")
        filled = {name: given.get(name, "") for name in _FIELDS}
        return self._screens.page(
            "entries.html", operator, status, here=HERE, problem=problem, given=filled, states=STATES,
            entries=found["entries"], sources=sources["sources"],
        )  # fmt: skip
