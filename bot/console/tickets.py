"""The ticket desk: queues, places, bulk steps and the file to take along. One ticket: ``ticket.py``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import Request, Response

from bot.console.errors import Refused
from bot.console.guard import form
from bot.console.operator import Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService
from bot.console.ticket_words import nameable, wording

ROLES = {"operator", "supervisor", "department"}
HOME = f"{PREFIX}/tickets"
_FILTERS = ("q", "department", "state", "due", "priority", "category")
_LISTS = ("department", "state", "category")
_TEXTS = ("department", "category", "kind", "words", "priority")
_SIZE = 50
_OF_DEPARTMENTS = ("start", "note")  # of the bulk steps


class QueuePages:
    """``/desk/tickets``."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("/tickets", self.queue, roles=ROLES, label="工单")
        router.page("/tickets/places", self.places, roles=ROLES)
        router.act("/tickets/bulk", self.bulk, roles=ROLES)
        router.act("/tickets/export", self.export, roles=ROLES)

    async def queue(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/tickets``."""
        query = request.query_params
        step = wording().steps.get(query.get("gone", ""))
        gone = f"{step.label}：已经办好，这张工单不再归本部门" if step else ""
        return await self._queue(operator, _filters(query), query.get("page", "1"), gone=gone)

    async def places(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/tickets/places``."""
        mine, department = self._service.by(operator), request.query_params.get("department", "")
        found = await mine.get("/casework/places", department=department or None)
        towns: dict[str, list[dict[str, Any]]] = {}
        for place in found["places"]:
            towns.setdefault(place["town"], []).append(place)
        queues = await mine.get("/casework/queues")
        values = {"towns": towns, "department": department, "choices": queues["choices"]}
        return self._screens.page("places.html", operator, here=HOME, **values)

    async def bulk(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/tickets/bulk``: what became of each row is shown, whatever it was."""
        given = await form(request)
        rows = [_row(str(value)) for value in given.getlist("row")]
        filters = _filters({name: str(given.get(f"filter-{name}", "")) for name in _FILTERS})
        body = {name: str(given.get(name, "")) for name in (*_TEXTS, "key", "step")}
        if not rows or body["step"] not in wording().bulk:
            return await self._queue(operator, filters, problem="先勾选要办的工单，再选办什么", status=422)
        try:
            told = await self._service.by(operator).post("/casework/bulk", {**body, "rows": rows})
        except Refused as error:
            return await self._queue(operator, filters, problem=error.message, status=error.status)
        rows = [{**row, "message": nameable(row.get("message", ""))} for row in told["rows"]]
        outcome = {"rows": rows, "done": told["done"], "step": body["step"]}
        return await self._queue(operator, filters, outcome=outcome)

    async def export(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/tickets/export``: a file for a spreadsheet program."""
        given = await form(request)
        filters = _filters({name: str(given.get(f"filter-{name}", "")) for name in _FILTERS})
        body: dict[str, Any] = {k: [v] if k in _LISTS else v for k, v in filters.items() if v}
        body |= {"contacts": given.get("contacts") == "yes", "reason": str(given.get("reason", ""))}
        try:
            found = await self._service.by(operator).post("/casework/export", body)
        except Refused as error:
            return await self._queue(operator, filters, problem=error.message, status=error.status)
        headers = {"Content-Disposition": 'attachment; filename="tickets.csv"', "Cache-Control": "no-store"}
        return Response(found["csv"].encode(), media_type="text/csv; charset=utf-8", headers=headers)

    async def _queue(
        self,
        operator: Operator,
        filters: dict[str, str],
        page: str = "1",
        problem: str = "",
        outcome: dict[str, Any] | None = None,
        status: int = 200,
        gone: str = "",
    ) -> Response:
        mine = self._service.by(operator)
        asked = {name: value or None for name, value in filters.items()}
        found = await mine.get("/casework/tickets", page=page, size=_SIZE, **asked)
        counts = await mine.get("/casework/queues")
        at = int(page)
        return self._screens.page(
            "tickets.html",
            operator,
            status,
            here=HOME,
            filters=filters,
            found=found,
            queues=counts["queues"],
            choices=counts["choices"],
            words=wording(),
            key=uuid4().hex,
            problem=problem,
            outcome=outcome,
            gone=gone,
            bulk=[name for name in wording().bulk if not operator.bound or name in _OF_DEPARTMENTS],
            page=at,
            earlier=_link(filters, at - 1) if at > 1 else "",
            later=_link(filters, at + 1) if at * found["size"] < found["total"] else "",
        )


def _filters(given: Any) -> dict[str, str]:
    return {name: str(given.get(name) or "") for name in _FILTERS}


def _link(filters: dict[str, str], page: int) -> str:
    kept = {name: value for name, value in filters.items() if value}
    return f"{HOME}?{urlencode({**kept, 'page': page})}"


def _row(text: str) -> dict[str, Any]:
    """Number and version, as the checkbox carries them."""
    number, _, version = text.rpartition("@")
    return {"number": number, "version": int(version) if version.isdigit() and len(version) < 9 else 0}
