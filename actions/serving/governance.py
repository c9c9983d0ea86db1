"""Documents, generations and switches over HTTP, for the desk's pages.

==========================================  ====================================================================
``GET /knowledge``                          what is served, documents, publications
``POST /knowledge/documents?name=``         the file's bytes → 201 ``{"id"}``; 422 with the reason of a refusal
``GET /knowledge/documents/{id}``           one of them
``GET /knowledge/documents/{id}/preview``   its passages, numbers, contradictions
``POST /knowledge/documents/{id}/{move}``   describe, approve, refuse, withdraw
``POST /knowledge/rollback``                ``{"generation"?}``
``GET /knowledge/publications/{id}``        how far it has got
==========================================  ====================================================================

All need an operator (``X-Operator``) who is editor or admin.
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
from actions.governance import errors
from actions.governance.desk import KnowledgeDesk
from actions.governance.documents import Handed, quarantine_limit
from actions.serving.body import read_bytes, read_object
from actions.serving.errors import BodyInvalid, Contradicted, LedgerDown, NotFound, RequestRefused
from actions.serving.numbers import Number
from actions.serving.operator import Operators, translated
from actions.serving.workers import Workers
from actions.tickets.errors import LedgerUnusable
from embeddings.errors import EmbeddingError
from knowledge.formats.refusal import FileRefused

MAX_BODY_BYTES = 64_000
EDITORS = ("editor", "admin")
T = TypeVar("T")


class DocumentRefused(BodyInvalid):
    code = "document_refused"


_REFUSALS: tuple[tuple[type[Exception], type[RequestRefused]], ...] = (
    (errors.NotFound, NotFound),
    (errors.Unusable, BodyInvalid),
    (errors.GovernanceError, Contradicted),
    (FileRefused, DocumentRefused),
    (EmbeddingError, Contradicted),
    (LedgerUnusable, LedgerDown),
)


class KnowledgeRoutes:
    """The handlers; their work goes to threads.

    :param readers: threads for reading files, which takes long: nothing else waits behind it.
    """

    def __init__(
        self, desk: KnowledgeDesk, accounts: AccountOffice, clerks: Workers, readers: Workers
    ) -> None:
        self._desk = desk
        self._operators = Operators(accounts.accounts)
        self._clerks, self._readers = clerks, readers

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/knowledge")(self.overview)
        router.post("/knowledge/documents")(self.hand_in)
        router.get("/knowledge/documents/{number}")(self.document)
        router.get("/knowledge/documents/{number}/preview")(self.preview)
        router.post("/knowledge/documents/{number}/{move}")(self.move)
        router.post("/knowledge/rollback")(self.rollback)
        router.get("/knowledge/publications/{number}")(self.publication)
        return router

    async def overview(self, request: Request) -> Response:
        """``GET /knowledge``."""

        def work(_: Operator) -> dict[str, Any]:
            served = self._desk.current.served
            ids = {source.id for source in served.library.sources}
            handed = [
                {**shown(one), "served": one.source in ids, "text": ""}
                for one in self._desk.documents.newest()
            ]
            return {
                "generation": served.generation,
                "previous": self._desk.current.previous,
                "sources": [
                    {
                        "id": s.id,
                        "title": s.title,
                        "district": s.district,
                        "published": s.published.isoformat(),
                    }
                    for s in served.library.sources
                ],
                "documents": handed,
                "publications": [plain(one) for one in self._desk.publications.newest()],
            }

        return JSONResponse(await self._do(request, self._clerks, work))

    async def hand_in(self, request: Request) -> Response:
        """``POST /knowledge/documents``."""
        name, data = request.query_params.get("name", ""), await read_bytes(request, quarantine_limit())
        number = await self._do(request, self._readers, lambda by: self._desk.hand_in(by, name, data))
        return JSONResponse({"id": number}, 201)

    async def document(self, request: Request, number: Number) -> Response:
        """``GET /knowledge/documents/{id}``."""
        return JSONResponse(
            await self._do(request, self._clerks, lambda _: shown(self._desk.documents.get(number)))
        )

    async def preview(self, request: Request, number: Number) -> Response:
        """``GET /knowledge/documents/{id}/preview``."""
        found = await self._do(request, self._readers, lambda _: self._desk.preview(number))
        return JSONResponse(asdict(found))

    async def move(self, request: Request, number: Number, move: str) -> Response:
        """``POST /knowledge/documents/{id}/{move}``."""
        body = await read_object(request, MAX_BODY_BYTES)

        def work(by: Operator) -> dict[str, Any]:
            if move == "describe":
                return {"entry": self._desk.documents.describe(by, number, body).entry}
            if move == "approve":
                return {"publication": self._desk.approve(by, number, body.get("seen") is True)}
            if move == "withdraw":
                return {"publication": self._desk.withdraw(by, number, str(body.get("reason", "")))}
            if move == "refuse":
                self._desk.documents.refuse(by, number, str(body.get("reason", "")))
                return {"refused": True}
            raise NotFound(f"没有「{move[:20]}」这一步")

        return JSONResponse(await self._do(request, self._clerks, work))

    async def rollback(self, request: Request) -> Response:
        """``POST /knowledge/rollback``."""
        generation = (await read_object(request, MAX_BODY_BYTES)).get("generation", "")
        if not isinstance(generation, str):
            raise BodyInvalid("generation 应是一代索引的编号，或不写")
        made = await self._do(request, self._clerks, lambda by: self._desk.rollback(by, generation))
        return JSONResponse({"generation": made.generation, "previous": made.previous})

    async def publication(self, request: Request, number: Number) -> Response:
        """``GET /knowledge/publications/{id}``."""
        found = await self._do(request, self._clerks, lambda _: self._desk.publications.get(number))
        return JSONResponse(plain(found))

    async def _do(self, request: Request, workers: Workers, work: Callable[[Operator], T]) -> T:
        def done() -> T:
            return work(self._operators.of(request, *EDITORS))

        return await workers.run(lambda: translated(lambda: refused(done)))


def refused(work: Callable[[], T]) -> T:
    """Do it; an error of this matter becomes what the caller is told."""
    try:
        return work()
    except tuple(kind for kind, _ in _REFUSALS) as error:
        told_as = next(told for kind, told in _REFUSALS if isinstance(error, kind))
        raise told_as(str(error)) from None


def shown(handed: Handed) -> dict[str, Any]:
    """A document for JSON."""
    return {**asdict(handed), "at": handed.at.isoformat(), "source": handed.source}


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its moments as ISO 8601."""
    return {key: value.isoformat() if isinstance(value, dt.datetime) else value for key, value in row.items()}
