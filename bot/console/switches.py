"""The bot, switched off and on: for everything, or for one channel."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from bot.console.errors import Refused
from bot.console.guard import form
from bot.console.operator import Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService

ALLOWED = frozenset({"supervisor", "editor", "admin"})
HERE = f"{PREFIX}/switches"


class SwitchPages:
    """``/desk/switches``."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("/switches", self.show, roles=ALLOWED, label="开关")
        router.act("/switches", self.turn, roles=ALLOWED)

    async def show(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/switches``."""
        return await self._page(operator)

    async def turn(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/switches``."""
        given = await form(request)
        body = {
            "channel": str(given.get("channel", "")),
            "off": given.get("off") == "yes",
            "reason": str(given.get("reason", "")),
        }
        try:
            await self._service.by(operator).post("/switches", body)
        except Refused as error:
            return await self._page(operator, str(error), error.status)
        return RedirectResponse(HERE, 303)

    async def _page(self, operator: Operator, problem: str = "", status: int = 200) -> Response:
        found = await self._service.by(operator).get("/switches")
        last = {one["channel"]: one for one in found["switches"]}
        return self._screens.page(
            "switches.html",
            operator,
            status,
            here=HERE,
            problem=problem,
            channels=found["channels"],
            last=last,
        )
