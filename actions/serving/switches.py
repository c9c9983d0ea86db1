"""The channels' switches over HTTP.

=====================  =======================================================================
``GET /switches``      ``{"off": ["web"], …}``; the gateway asks every two seconds
``POST /switches``     ``{"channel", "off", "reason"}``, by a supervisor, editor or admin
=====================  =======================================================================
"""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.accounts.office import AccountOffice
from actions.governance.switches import CHANNELS, Switches
from actions.serving.body import read_object
from actions.serving.governance import refused
from actions.serving.operator import Operators, translated
from actions.serving.workers import Workers

MAX_BODY_BYTES = 4_000
ALLOWED = ("supervisor", "editor", "admin")


class SwitchRoutes:
    """The handlers; their work goes to threads."""

    def __init__(self, switches: Switches, accounts: AccountOffice, clerks: Workers) -> None:
        self._switches, self._clerks = switches, clerks
        self._operators = Operators(accounts.accounts)

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/switches")(self.show)
        router.post("/switches")(self.turn)
        return router

    async def show(self) -> Response:
        """``GET /switches``."""
        found = await self._clerks.run(lambda: refused(self._switches.all))
        told = [{**asdict(one), "at": one.at.isoformat()} for one in found]
        return JSONResponse(
            {"off": [s.channel for s in found if s.off], "switches": told, "channels": CHANNELS}
        )

    async def turn(self, request: Request) -> Response:
        """``POST /switches``."""
        body = await read_object(request, MAX_BODY_BYTES)
        channel, off, reason = (
            str(body.get("channel", "")),
            body.get("off") is True,
            str(body.get("reason", "")),
        )

        def work() -> None:
            self._switches.turn(self._operators.of(request, *ALLOWED), channel, off, reason)

        await self._clerks.run(lambda: translated(lambda: refused(work)))
        return JSONResponse({"channel": channel, "off": off})
