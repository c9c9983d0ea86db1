"""The record of operators' acts over HTTP.

==============  ============================================================================
``POST /acts``  ``kind``, ``subject``, ``details`` → 201; for what no other route records
``GET /acts``   ``?before=&kind=&subject=``, newest first; for supervisors and administrators
==============  ============================================================================

Both need the service token and ``X-Operator``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.accounts.office import AccountOffice
from actions.accounts.records import Act
from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid
from actions.serving.operator import Operators, translated
from actions.serving.ticket_bodies import read_text
from actions.serving.tickets import refusal
from actions.serving.workers import Workers
from actions.tickets.errors import TicketError
from actions.tickets.moment import LOCAL

MAX_BODY_BYTES = 16_000
MAX_ACTS = 200
T = TypeVar("T")


class ActRoutes:
    """The handlers; their work goes to threads."""

    def __init__(self, office: AccountOffice, workers: Workers) -> None:
        self._office = office
        self._workers = workers
        self._operators = Operators(office.accounts)

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.post("/acts")(self.act)
        router.get("/acts")(self.acts)
        return router

    async def act(self, request: Request) -> Response:
        """``POST /acts``: ``kind``, ``subject``, ``details``."""
        body = await read_object(request, MAX_BODY_BYTES)
        kind, subject, details = (
            read_text(body, "kind"),
            read_text(body, "subject", ""),
            body.get("details", {}),
        )
        if not isinstance(details, dict):
            raise BodyInvalid("details 应是一个 JSON 对象")
        write = self._office.acts.write
        await self._run(lambda: write(self._operators.of(request), kind, subject, details))
        return JSONResponse({"recorded": True}, 201)

    async def acts(self, request: Request) -> Response:
        """``GET /acts``: ``?before=&kind=&subject=``, the newest first; for supervisors and administrators."""
        query = request.query_params
        before = query.get("before", "0")
        if not (before.isascii() and before.isdigit() and len(before) < 10):
            raise BodyInvalid("before 应是一个序号")

        def read() -> list[Act]:
            self._operators.of(request, "supervisor", "admin")
            kind, subject = query.get("kind", ""), query.get("subject", "")
            return self._office.acts.newest(MAX_ACTS, int(before), kind, subject=subject)

        return JSONResponse({"acts": [_act(one) for one in await self._run(read)]})

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await self._workers.run(lambda: translated(work))
        except TicketError as error:
            raise refusal(error) from None


def _act(one: Act) -> dict[str, Any]:
    return {**one.__dict__, "at": one.at.astimezone(LOCAL).isoformat(timespec="seconds")}
