"""What residents say about answers, over HTTP, for the gateway.

=======================  =================================================================================================
``POST /feedback``       ``channel``, ``conversation``, ``turn``, ``useful``, ``question``, ``answer``, ``status``,
                         ``sources`` → ``{"useful"}``: what is on record; the first opinion on an answer stays
=======================  =================================================================================================
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.feedback.opinions import Opinion, Opinions
from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid
from actions.serving.ticket_bodies import read_text
from actions.serving.tickets import refusal
from actions.serving.workers import Workers
from actions.tickets.errors import TicketError

MAX_BODY_BYTES = 200_000
_NEEDED = ("channel", "conversation", "turn")
_OTHER = ("question", "answer", "status")


class FeedbackRoutes:
    """The handler; its work goes to threads."""

    def __init__(self, opinions: Opinions, workers: Workers) -> None:
        self._opinions = opinions
        self._workers = workers

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter()
        router.post("/feedback")(self.keep)
        return router

    async def keep(self, request: Request) -> Response:
        """``POST /feedback``."""
        opinion = read_opinion(await read_object(request, MAX_BODY_BYTES))
        try:
            useful = await self._workers.run(lambda: self._opinions.keep(opinion))
        except TicketError as error:
            raise refusal(error) from None
        return JSONResponse({"useful": useful})


def read_opinion(body: dict[str, Any]) -> Opinion:
    """An opinion from JSON. Raises BodyInvalid, naming the field."""
    texts = {name: read_text(body, name) for name in _NEEDED}
    texts |= {name: read_text(body, name, "") for name in _OTHER}
    useful, sources = body.get("useful"), body.get("sources", [])
    if not isinstance(useful, bool):
        raise BodyInvalid("useful 应是 true 或 false")
    if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
        raise BodyInvalid("sources 应是文件编号的列表")
    return Opinion(useful=useful, sources=tuple(sources), **texts)
