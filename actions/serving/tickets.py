"""The tickets over HTTP, for the gateway: JSON in, JSON out.

=================================  ==================================================================================
``POST /tickets``                  the fields of ``Report`` and ``key`` → 201 with the receipt, 200 when it was known
``GET /tickets``                   ``channel`` (needed), ``number``…, ``category``…, ``state``…, ``since``, ``until``
``GET /tickets/{number}``          ``?code=`` or ``?session=``
``POST /tickets/{number}/urge``    ``key`` and ``code`` or ``session``; likewise ``withdraw``
``POST /tickets/{number}/rate``    and ``score``, ``words``
``POST /tickets/{number}/supply``  and ``words``, where the department asked for more
``POST /tickets/{number}/drop-contact``  ``code`` or ``session`` → ``{"dropped"}``: whether there was a phone number
``GET /sessions/{id}/tickets``     newest first, each with ``contact``: whether a phone number is kept
=================================  ==================================================================================

Every route needs the service token. A call that timed out may still have been carried out: repeat it with its key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.serving.body import read_object
from actions.serving.errors import (
    BodyInvalid,
    Contradicted,
    LedgerDown,
    NotFound,
    RequestRefused,
    TooManyTries,
)
from actions.serving.ticket_bodies import as_json, read_proof, read_report, read_text, read_wanted
from actions.serving.workers import Workers
from actions.tickets import errors
from actions.tickets.office import Office

MAX_BODY_BYTES = 64_000
MAX_LISTED = 1000
log = logging.getLogger(__name__)
T = TypeVar("T")
_REFUSALS: tuple[tuple[type[errors.TicketError], type[RequestRefused]], ...] = (
    (errors.NotFound, NotFound),
    (errors.TooManyGuesses, TooManyTries),
    (errors.ReportInvalid, BodyInvalid),
    (errors.MoveRefused, Contradicted),
    (errors.Conflict, Contradicted),
)


class TicketRoutes:
    """The handlers. Their work goes to threads: a transaction waits for the disk."""

    def __init__(self, office: Office, workers: Workers) -> None:
        self._office = office
        self._workers = workers

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.post("/tickets")(self.file)
        router.get("/tickets")(self.list)
        router.get("/tickets/{number}")(self.look_up)
        router.post("/tickets/{number}/urge")(self.urge)
        router.post("/tickets/{number}/withdraw")(self.withdraw)
        router.post("/tickets/{number}/drop-contact")(self.drop_contact)
        router.post("/tickets/{number}/rate")(self.rate)
        router.post("/tickets/{number}/supply")(self.supply)
        router.get("/sessions/{session}/tickets")(self.of_session)
        return router

    async def file(self, request: Request) -> Response:
        """``POST /tickets``."""
        body = await read_object(request, MAX_BODY_BYTES)
        key = read_text(body, "key")
        report = read_report({name: value for name, value in body.items() if name != "key"})
        receipt = await self._run(lambda: self._office.reception.file(report, key))
        return JSONResponse(as_json(receipt), 200 if receipt.again else 201)

    async def list(self, request: Request) -> Response:
        """``GET /tickets``: those of one channel, for showing them in public."""
        wanted = read_wanted(request)
        found = await self._run(lambda: self._office.register.list(wanted, MAX_LISTED))
        return JSONResponse({"tickets": [as_json(ticket.public()) for ticket in found]})

    async def look_up(self, request: Request, number: str) -> Response:
        """``GET /tickets/{number}``."""
        code, session = (request.query_params.get(name, "") for name in ("code", "session"))
        look = self._office.reception.look_up
        return JSONResponse(as_json(await self._run(lambda: look(number, code=code, session=session))))

    async def urge(self, request: Request, number: str) -> Response:
        """``POST /tickets/{number}/urge``."""
        key, proof = read_proof(await read_object(request, MAX_BODY_BYTES))
        urge = self._office.reception.urge
        return JSONResponse(as_json(await self._run(lambda: urge(number, key, **proof))))

    async def withdraw(self, request: Request, number: str) -> Response:
        """``POST /tickets/{number}/withdraw``."""
        key, proof = read_proof(await read_object(request, MAX_BODY_BYTES))
        withdraw = self._office.reception.withdraw
        return JSONResponse(as_json(await self._run(lambda: withdraw(number, key, **proof))))

    async def drop_contact(self, request: Request, number: str) -> Response:
        """``POST /tickets/{number}/drop-contact``: the reporter wants the phone number deleted."""
        body = await read_object(request, MAX_BODY_BYTES)
        proof = {name: read_text(body, name, "") for name in ("code", "session")}
        drop = self._office.reception.drop_contact
        return JSONResponse({"dropped": await self._run(lambda: drop(number, **proof))})

    async def supply(self, request: Request, number: str) -> Response:
        """``POST /tickets/{number}/supply``."""
        body = await read_object(request, MAX_BODY_BYTES)
        key, proof = read_proof(body)
        words, supply = read_text(body, "words"), self._office.reception.supply
        return JSONResponse(as_json(await self._run(lambda: supply(number, words, key, **proof))))

    async def rate(self, request: Request, number: str) -> Response:
        """``POST /tickets/{number}/rate``."""
        body = await read_object(request, MAX_BODY_BYTES)
        key, proof = read_proof(body)
        score, words = read_text(body, "score"), read_text(body, "words", "")
        rate = self._office.reception.rate
        return JSONResponse(as_json(await self._run(lambda: rate(number, score, words, key, **proof))))

    async def of_session(self, session: str) -> Response:
        """``GET /sessions/{id}/tickets``."""

        def look() -> list[dict[str, Any]]:
            found = self._office.reception.of_session(session)
            held = self._office.contacts.numbers_with([ticket.number for ticket in found])
            return [{**as_json(ticket), "contact": ticket.number in held} for ticket in found]

        return JSONResponse({"tickets": await self._run(look)})

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await self._workers.run(work)
        except errors.TicketError as error:
            raise refusal(error) from None


def refusal(error: errors.TicketError) -> RequestRefused:
    """What the caller is told of it."""
    for known, told_as in _REFUSALS:
        if isinstance(error, known):
            return told_as(str(error))
    log.error("the ledger cannot be used: %s", error)
    return LedgerDown("工单库暂时用不了，没有登记。请稍后再试，或拨打 81890")
