"""Messages for channels whose own process sends them: it alone holds the channel's token and reaches the internet.

==================================  =================================================================================
``POST /outbox/{channel}/due``      what is due now → ``{"letters": [{"id", "dedup", "kind", "session", "body"}]}``
``POST /outbox/{channel}/arrived``  ``{"id"}`` arrived, or will never; always 200
==================================  =================================================================================

A letter that was given out and is not named as arrived is given out again after the waits of ``outbox.yml``.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid
from actions.serving.tickets import refusal
from actions.serving.workers import Workers
from actions.tickets.delivery import Delivery
from actions.tickets.errors import TicketError
from actions.tickets.outbox import Letter
from actions.tickets.reports import plain

MAX_BODY_BYTES = 4096
_LARGEST = 2**31 - 1  # of an id: PostgreSQL refuses to compare with more


class OutboxRoutes:
    """The handlers; their work goes to threads."""

    def __init__(self, delivery: Delivery, workers: Workers) -> None:
        self._delivery = delivery
        self._workers = workers

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.post("/outbox/{channel}/due")(self.due)
        router.post("/outbox/{channel}/arrived")(self.arrived)
        return router

    async def due(self, channel: str) -> Response:
        """``POST /outbox/{channel}/due``."""
        try:
            letters = await self._workers.run(lambda: self._delivery.claim(plain(channel)))
        except TicketError as error:
            raise refusal(error) from None
        return JSONResponse({"letters": [_letter(letter) for letter in letters]})

    async def arrived(self, request: Request, channel: str) -> Response:
        """``POST /outbox/{channel}/arrived``."""
        number = (await read_object(request, MAX_BODY_BYTES)).get("id")
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= _LARGEST:
            raise BodyInvalid("id 应是消息的编号")
        try:
            await self._workers.run(lambda: self._delivery.arrived(plain(channel), number))
        except TicketError as error:
            raise refusal(error) from None
        return JSONResponse({"arrived": True})


def _letter(letter: Letter) -> dict[str, Any]:
    names = ("id", "dedup", "kind", "session", "body")
    return {name: getattr(letter, name) for name in names}
