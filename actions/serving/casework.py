"""The tickets for operators, over HTTP: queues, one ticket, what is done with it, numbers to call, files to take along.

===========================================  =========================================================================
``GET /casework/tickets``                    ``state``…, ``department``… (``-``: triage), ``due``, ``q``, ``page``…
``GET /casework/queues``                     how many each department has, and what there is to choose from
``GET /casework/places``                     ``department``: open tickets by place
``GET /casework/tickets/{number}``           everything about one, with its history and what may be done now
``POST /casework/tickets/{number}/{step}``   ``key``, ``version`` and what the step needs
``POST /casework/tickets/{number}/reveal``   ``reason`` → ``contact``; each look stands in the history
``POST /casework/bulk``                      ``key``, ``step``, ``rows`` of ``number``, ``version`` → an outcome a row
``POST /casework/export``                    filters, ``contacts``, ``reason`` → ``csv``
===========================================  =========================================================================

Every route needs the service token and ``X-Operator``, an operator, a supervisor, or somebody of a department:
for them there are only the tickets that are with it now. A step under a ``key`` that was used for it before is not
taken again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.accounts.office import AccountOffice
from actions.accounts.records import Operator
from actions.serving.body import read_object
from actions.serving.bulk import read_rows, take_each
from actions.serving.casework_bodies import (
    TRIAGE,
    actor_of,
    event_json,
    read_filters,
    read_page,
    read_step,
)
from actions.serving.casework_view import View
from actions.serving.departments import reached, within_reach
from actions.serving.errors import Changed, Forbidden
from actions.serving.exporter import Exporter
from actions.serving.operator import Operators, translated
from actions.serving.ticket_bodies import read_text
from actions.serving.tickets import refusal
from actions.serving.workers import Workers
from actions.tickets import errors
from actions.tickets.aftercare import Aftercare
from actions.tickets.deadlines import Deadlines
from actions.tickets.departments import read_directory
from actions.tickets.queues import Queues
from actions.tickets.steps import STEPS

MAX_BODY_BYTES = 64_000
MAX_LISTED = 200
ROLES = ("operator", "supervisor", "department")
T = TypeVar("T")


class CaseworkRoutes:
    """The handlers; their work goes to threads."""

    def __init__(self, care: Aftercare, accounts: AccountOffice, workers: Workers) -> None:
        self._office = office = care.office
        self._view = View(care, Deadlines.load(office.book.clock), read_directory(), office.book.clock)
        self._exporter = Exporter(office, accounts.acts)
        self._operators = Operators(accounts.accounts)
        self._queues = Queues(office.store, office.book.clock)
        self._workers = workers

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/casework/tickets")(self.list)
        router.get("/casework/queues")(self.queues)
        router.get("/casework/places")(self.places)
        router.get("/casework/tickets/{number}")(self.one)
        router.post("/casework/tickets/{number}/reveal")(self.reveal)
        router.post("/casework/tickets/{number}/{step}")(self.step)
        router.post("/casework/bulk")(self.bulk)
        router.post("/casework/export")(self.export)
        return router

    async def list(self, request: Request) -> Response:
        """``GET /casework/tickets``."""
        wanted = read_filters(request.query_params, self._office.book.clock())
        most, skip = read_page(request.query_params, MAX_LISTED)
        urgent = request.query_params.get("sort", "due") == "due"

        def look(who: Operator) -> dict[str, Any]:
            mine = within_reach(wanted, who)
            found = self._office.register.list(mine, most, skip, urgent)
            total = self._office.register.count(mine)
            return {"tickets": [self._view.line(ticket) for ticket in found], "total": total, "size": most}

        return JSONResponse(await self._run(request, look))

    async def queues(self, request: Request) -> Response:
        """``GET /casework/queues``."""

        def look(who: Operator) -> dict[str, Any]:
            queues, choices = self._queues.all(), self._view.choices()
            if who.bound:
                queues = tuple(queue for queue in queues if queue.department == who.department)
                choices["departments"] = [who.department]
            return {"queues": [asdict(queue) for queue in queues], "choices": choices}

        return JSONResponse(await self._run(request, look))

    async def places(self, request: Request) -> Response:
        """``GET /casework/places``."""
        given = request.query_params.get("department")
        department = "" if given == TRIAGE else given or None

        def look(who: Operator) -> dict[str, Any]:
            of = who.department if who.bound else department
            return {"places": [asdict(place) for place in self._queues.places(of)]}

        return JSONResponse(await self._run(request, look))

    async def one(self, request: Request, number: str) -> Response:
        """``GET /casework/tickets/{number}``."""

        def look(who: Operator) -> dict[str, Any]:
            return self._view.whole(reached(self._office.register.get(number), who), who)

        return JSONResponse(await self._run(request, look))

    async def step(self, request: Request, number: str, step: str) -> Response:
        """``POST /casework/tickets/{number}/{step}``."""
        body = await read_object(request, MAX_BODY_BYTES)
        return JSONResponse(await self._run(request, lambda who: self._take(who, number, step, body)))

    async def reveal(self, request: Request, number: str) -> Response:
        """``POST /casework/tickets/{number}/reveal``."""
        reason = read_text(await read_object(request, MAX_BODY_BYTES), "reason")

        def look(who: Operator) -> dict[str, Any]:
            reached(self._office.register.get(number), who)
            if who.bound and not who.reveals:
                raise Forbidden("部门经办看联系电话要管理员先准许；可以用「问居民」留言")
            contact = self._office.contacts.reveal(number, actor_of(who), reason)
            return {"contact": contact, "version": self._office.register.get(number).version}

        return JSONResponse(await self._run(request, look))

    async def bulk(self, request: Request) -> Response:
        """``POST /casework/bulk``: each row by itself; what fails is named and stops no other."""
        body = await read_object(request, MAX_BODY_BYTES)
        rows, step = read_rows(body), read_text(body, "step")

        def all_(who: Operator) -> dict[str, Any]:
            return take_each(rows, lambda number, own: self._take(who, number, step, {**body, **own}))

        return JSONResponse(await self._run(request, all_))

    async def export(self, request: Request) -> Response:
        """``POST /casework/export``."""
        body = await read_object(request, MAX_BODY_BYTES)
        wanted, shows = read_filters(body, self._office.book.clock()), body.get("contacts", False) is True
        reason = read_text(body, "reason", "")
        return JSONResponse(
            await self._run(request, lambda who: self._exporter.made(who, wanted, shows, reason))
        )

    def _take(self, who: Operator, number: str, step: str, body: dict[str, Any]) -> dict[str, Any]:
        key, given = read_step(body, number, step, actor_of(who))
        if who.bound:
            reached(self._office.register.get(number), who)
        try:
            ticket = STEPS[step](self._office.casework.under(key), given)
        except errors.Conflict as error:
            reached(self._office.register.get(number), who)  # who changed it may have taken it away
            raise self._changed(error, number, given.version) from None
        return {"ticket": self._view.line(ticket)}

    def _changed(self, error: errors.Conflict, number: str, seen: int) -> Changed:
        """Who did what since the caller looked."""
        ticket = self._office.register.get(number)
        later = [event for event in self._office.register.events(ticket) if event.version > seen]
        return Changed(str(error), {"now": ticket.version, "changes": [event_json(one) for one in later]})

    async def _run(self, request: Request, work: Callable[[Operator], T]) -> T:
        def whole() -> T:
            return work(self._operators.of(request, *ROLES))

        try:
            return await self._workers.run(lambda: translated(whole))
        except errors.TicketError as error:
            raise refusal(error) from None
