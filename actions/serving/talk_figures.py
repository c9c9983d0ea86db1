"""``GET /figures/talk``: ``?since=&until=`` ISO 8601, both needed → what was asked and what became of it."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.conversations.figures import TalkFigures
from actions.serving.errors import BodyInvalid
from actions.serving.ticket_bodies import read_moment
from actions.serving.tickets import refusal
from actions.serving.workers import Workers
from actions.tickets.errors import TicketError
from actions.tickets.store import Store


class TalkFigureRoutes:
    """The handler; its work goes to a thread."""

    def __init__(self, store: Store, workers: Workers) -> None:
        self._figures = TalkFigures(store)
        self._workers = workers

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter()
        router.get("/figures/talk")(self.talk)
        return router

    async def talk(self, request: Request) -> Response:
        """``GET /figures/talk``."""
        since, until = (read_moment(request.query_params.get(name, ""), name) for name in ("since", "until"))
        if since is None or until is None:
            raise BodyInvalid("since 和 until 都要有")
        compute = self._figures.compute
        try:
            return JSONResponse(asdict(await self._workers.run(lambda: compute(since, until))))
        except TicketError as error:
            raise refusal(error) from None
