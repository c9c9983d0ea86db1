"""The figures over HTTP, for the dashboard and the weekly report.

=====================  ===========================================================================================
``GET /figures``       ``?since=&until=`` ISO 8601 → on time, response, backlog, satisfaction
``GET /figures/talk``  ``?since=&until=``, both needed → what was asked and what became of it
=====================  ===========================================================================================

Both need the service token and ``X-Operator``: a supervisor, an editor or an administrator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.accounts.office import AccountOffice
from actions.conversations.figures import TalkFigures
from actions.serving.errors import BodyInvalid
from actions.serving.operator import Operators
from actions.serving.ticket_bodies import read_moment
from actions.serving.tickets import refusal
from actions.serving.workers import Workers
from actions.tickets.aftercare import Aftercare
from actions.tickets.errors import TicketError

ROLES = ("supervisor", "editor", "admin")


class FigureRoutes:
    """The handlers; their work goes to threads."""

    def __init__(self, care: Aftercare, accounts: AccountOffice, workers: Workers) -> None:
        self._figures = care.figures
        self._talk = TalkFigures(care.office.store)
        self._operators = Operators(accounts.accounts)
        self._workers = workers

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/figures")(self.figures)
        router.get("/figures/talk")(self.talk)
        return router

    async def figures(self, request: Request) -> Response:
        """``GET /figures``."""
        since, until = (read_moment(request.query_params.get(name, ""), name) for name in ("since", "until"))
        return await self._run(request, lambda: self._figures.compute(since, until).json())

    async def talk(self, request: Request) -> Response:
        """``GET /figures/talk``."""
        since, until = (read_moment(request.query_params.get(name, ""), name) for name in ("since", "until"))
        if since is None or until is None:
            raise BodyInvalid("since 和 until 都要有")
        return await self._run(request, lambda: asdict(self._talk.compute(since, until)))

    async def _run(self, request: Request, compute: Callable[[], dict[str, Any]]) -> Response:
        def work() -> dict[str, Any]:
            self._operators.of(request, *ROLES)
            return compute()

        try:
            return JSONResponse(await self._workers.run(work))
        except TicketError as error:
            raise refusal(error) from None
