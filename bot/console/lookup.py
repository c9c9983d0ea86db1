"""The first screen: look up while the phone rings."""

from __future__ import annotations

from fastapi import Request, Response

from bot.console.operator import ANYONE, Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService

# Each key press asks. What it shows is published: a session ended elsewhere may look up this much longer.
BELIEVED_SECONDS = 15.0
_PASSED_ON = ("q", "previous", "year", "status", "district", "source", "limit", "quick", "typist", "turn")


class LookupPages:
    """``/desk`` and what its script asks for."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("", self.page, roles=ANYONE, label="查资料")
        router.page("/lookup", self.look, roles=ANYONE, believed=BELIEVED_SECONDS)

    async def page(self, request: Request, operator: Operator) -> Response:
        """``GET /desk``; ``?chat=`` names the conversation that «回复居民» writes into."""
        sources = (await self._service.by(operator).get("/sources"))["sources"]
        spans = [source["period"] for source in sources]
        years = list(
            range(max((s[1] for s in spans), default=2025), min((s[0] for s in spans), default=2019) - 1, -1)
        )
        districts = sorted({source["district"] for source in sources}, key=lambda name: name != "海曙")
        values = {"sources": sources, "years": years, "districts": districts}
        chat, q = (request.query_params.get(name, "")[:300] for name in ("chat", "q"))
        return self._screens.page("lookup.html", operator, here=PREFIX, chat=chat, q=q, **values)

    async def look(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/lookup``: the service's answer as it is."""
        given = {name: request.query_params[name] for name in _PASSED_ON if name in request.query_params}
        found = await self._service.by(operator).send("GET", "/lookup", params=given)
        return Response(found.content, media_type="application/json")
