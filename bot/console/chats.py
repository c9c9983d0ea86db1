"""Conversations at the desk: the list, and one of them with what an operator may do.

==================================  =============================================================================
``GET /desk/chats``                 ``?view=waiting|mine|all``
``GET /desk/chats/list``            the same list as a fragment; the page asks every few seconds
``GET /desk/chats/{name}``          ``?insert=`` is put into the box
``GET /desk/chats/{name}/news``     ``?after=`` → what was said since, as a fragment, and where it stands
``GET /desk/chats/{name}/advice``   a suggested answer
``POST /desk/chats/{name}/{act}``   claim, release, close, transfer, say, note
``POST /desk/presence``             ``{"on_duty"}``
==================================  =============================================================================
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from actions.serving.body import read_object
from actions.tickets.moment import now
from bot.console.chats_view import Shown, quick_replies, shown, spoken
from bot.console.operator import Operator
from bot.console.router import DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService

AT_THE_DESK = frozenset({"operator", "supervisor"})
MAX_BODY_BYTES = 16_000
_VIEWS = {"waiting": "等候", "mine": "我的", "all": "全部"}


class ChatPages:
    """The handlers."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes. What pages ask for by themselves keeps no session alive."""
        router.page("/chats", self.list, roles=AT_THE_DESK, label="会话")
        router.page("/chats/list", self.rows, roles=AT_THE_DESK, active=False)
        router.page("/chats/{name}", self.chat, roles=AT_THE_DESK)
        router.page("/chats/{name}/news", self.news, roles=AT_THE_DESK, active=False)
        router.page("/chats/{name}/advice", self.advice, roles=AT_THE_DESK)
        router.act("/chats/{name}/{act}", self.act, roles=AT_THE_DESK)
        router.act("/presence", self.presence, roles=AT_THE_DESK)

    async def list(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/chats``."""
        values = await self._list(request, operator)
        return self._screens.page("chats.html", operator, here="/desk/chats", **values)

    async def rows(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/chats/list``."""
        values = await self._list(request, operator)
        return HTMLResponse(self._screens.fragment("chats_list.html", operator, **values))

    async def _list(self, request: Request, operator: Operator) -> dict[str, Any]:
        view = request.query_params.get("view", "waiting")
        view = view if view in _VIEWS else "waiting"
        found = await self._service.by(operator).get("/desk/chats", view=view, name=operator.name)
        insert = request.query_params.get("insert", "")[:1000]
        return {
            "view": view,
            "views": [(key, title, found["counts"][key]) for key, title in _VIEWS.items()],
            "lines": [shown(line, now()) for line in found["chats"]],
            "on_duty": any(one["id"] == str(operator.id) for one in found["on_duty"]),
            "there": [one["name"] for one in found["on_duty"]],
            "insert": insert,
            "tail": f"?insert={quote(insert)}" if insert else "",
        }

    async def chat(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/chats/{name}``."""
        values = await self._chat(request, operator, 0)
        insert = request.query_params.get("insert", "")[:1000]
        return self._screens.page(
            "chat.html",
            operator,
            here="/desk/chats",
            insert=insert,
            quick=quick_replies(),
            drafted=request.query_params.get("done") == "drafted",
            **values,
        )

    async def news(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/chats/{name}/news``."""
        after = request.query_params.get("after", "0")
        values = await self._chat(
            request, operator, int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
        )
        held: Shown = values["chat"]
        draw = self._screens.fragment
        return JSONResponse(
            {
                "said": draw("chat_said.html", operator, **values),
                "head": draw("chat_head.html", operator, **values),
                "colleagues": values["colleagues"],
                "length": held.length,
                "mine": values["mine"],
                "state": held.state,
            }
        )

    async def _chat(self, request: Request, operator: Operator, after: int) -> dict[str, Any]:
        path = f"/desk/chats/{quote(request.path_params['name'], safe='')}"
        found = await self._service.by(operator).get(path, after=after, name=operator.name)
        held = shown(found["chat"], now())
        own = str(operator.id)
        return {
            "chat": held,
            "said": [spoken(one) for one in found["said"]],
            "mine": held.state == "human" and held.owner == own,
            "colleagues": [one for one in found["on_duty"] if one["id"] != own],
        }

    async def advice(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/chats/{name}/advice``."""
        path = f"/desk/chats/{quote(request.path_params['name'], safe='')}/advice"
        found = await self._service.by(operator).get(path, text=request.query_params.get("text", "")[:300])
        return JSONResponse(found)

    async def act(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/chats/{name}/{act}``: the service decides."""
        body = await read_object(request, MAX_BODY_BYTES)
        name, act = (quote(request.path_params[key], safe="") for key in ("name", "act"))
        told = {**body, "name": operator.name}
        return JSONResponse(await self._service.by(operator).post(f"/desk/chats/{name}/{act}", told))

    async def presence(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/presence``."""
        body = await read_object(request, MAX_BODY_BYTES)
        told = {"on_duty": body.get("on_duty"), "name": operator.name}
        return JSONResponse(await self._service.by(operator).post("/desk/presence", told))
