"""Curated answers and gaps over HTTP, for the desk's pages.

=====================================  =====================================================================
``GET /knowledge/entries``             all of them, the newest first
``POST /knowledge/entries``            a draft, or with ``replaces`` a new version of one → 201 ``{"id"}``
``POST /knowledge/entries/{id}/{move}``  approve, refuse, off, on
``GET /knowledge/gaps``                what was asked and not answered, or to no use
=====================================  =====================================================================

All need an operator (``X-Operator``) who is editor or admin; a draft from a person's reply may be made by whoever chats.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.accounts.office import AccountOffice
from actions.accounts.records import Operator
from actions.governance.entries import Entries
from actions.governance.gaps import Gaps
from actions.serving.body import read_object
from actions.serving.errors import NotFound
from actions.serving.governance import EDITORS, refused
from actions.serving.numbers import Number
from actions.serving.operator import Operators, translated
from actions.serving.workers import Workers

MAX_BODY_BYTES = 32_000
DRAFTERS = (*EDITORS, "operator", "supervisor")
T = TypeVar("T")


class EntryRoutes:
    """The handlers; their work goes to threads."""

    def __init__(
        self, entries: Entries, gaps: Gaps, accounts: AccountOffice, clerks: Workers, readers: Workers
    ) -> None:
        self._entries, self._gaps = entries, gaps
        self._operators = Operators(accounts.accounts)
        self._clerks, self._readers = clerks, readers

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/knowledge/entries")(self.all)
        router.post("/knowledge/entries")(self.draft)
        router.post("/knowledge/entries/{number}/{move}")(self.move)
        router.get("/knowledge/gaps")(self.gaps)
        return router

    async def all(self, request: Request) -> Response:
        """``GET /knowledge/entries``."""
        found = await self._do(request, self._clerks, lambda _: self._entries.newest())
        return JSONResponse({"entries": [dated(one) for one in found]})

    async def draft(self, request: Request) -> Response:
        """``POST /knowledge/entries``."""
        body = await read_object(request, MAX_BODY_BYTES)
        number = await self._do(request, self._clerks, lambda by: self._entries.draft(by, body), DRAFTERS)
        return JSONResponse({"id": number}, 201)

    async def move(self, request: Request, number: Number, move: str) -> Response:
        """``POST /knowledge/entries/{id}/{move}``."""
        moves: dict[str, Callable[[Operator], None]] = {
            "approve": lambda by: self._entries.review(by, number, True),
            "refuse": lambda by: self._entries.review(by, number, False),
            "off": lambda by: self._entries.switch(by, number, True),
            "on": lambda by: self._entries.switch(by, number, False),
        }
        if move not in moves:
            raise NotFound(f"没有「{move[:20]}」这一步")
        await self._do(request, self._clerks, moves[move])
        return JSONResponse({"id": number, "move": move})

    async def gaps(self, request: Request) -> Response:
        """``GET /knowledge/gaps``."""
        found = await self._do(request, self._readers, lambda _: self._gaps.found())
        return JSONResponse({"gaps": [dated(asdict(gap)) for gap in found[:100]]})

    async def _do(
        self,
        request: Request,
        workers: Workers,
        work: Callable[[Operator], T],
        roles: tuple[str, ...] = EDITORS,
    ) -> T:
        def done() -> T:
            return work(self._operators.of(request, *roles))

        return await workers.run(lambda: translated(lambda: refused(done)))


def dated(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its moments and days as ISO 8601."""
    return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in row.items()}
