"""Everybody's own account: password and one-time code."""

from __future__ import annotations

import io

import segno
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from bot.console.errors import Refused
from bot.console.guard import Guard, form
from bot.console.operator import ANYONE, Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService

_FIELDS = ("password", "code")


class OwnPages:
    """``/desk/me``."""

    def __init__(self, guard: Guard, screens: Screens, service: DeskService) -> None:
        self._guard = guard
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("/me", self.show, roles=ANYONE)
        router.act("/me/password", self.password, roles=ANYONE)
        router.act("/me/code/begin", self.begin, roles=ANYONE)
        router.act("/me/code/confirm", self.confirm, roles=ANYONE)
        router.act("/me/code/drop", self.drop, roles=ANYONE)

    async def show(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/me``."""
        done = {"password": "密码已经改好", "code": "登录验证码已启用", "dropped": "登录验证码已停用"}
        return await self._page(operator, done=done.get(request.query_params.get("done", ""), ""))

    async def password(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/me/password``: this browser stays signed in, all others don't."""
        given = await form(request)
        old, new, again = (str(given.get(name, "")) for name in ("old", "new", "again"))
        if new != again:
            return await self._page(operator, "两次输入的新密码不一样", status=422)
        try:
            found = await self._service.by(operator).post("/me/password", {"old": old, "new": new})
        except Refused as error:
            return await self._page(operator, str(error), status=error.status)
        response = RedirectResponse(f"{PREFIX}/me?done=password", 303)
        self._guard.let_in(response, found["token"])
        return response

    async def begin(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/me/code/begin``: shows the square to scan."""
        try:
            found = await self._send(request, operator, "begin")
        except Refused as error:
            return await self._page(operator, str(error), status=error.status)
        return await self._page(operator, address=found["address"])

    async def confirm(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/me/code/confirm``."""
        return await self._step(request, operator, "confirm", "code")

    async def drop(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/me/code/drop``."""
        return await self._step(request, operator, "drop", "dropped")

    async def _step(self, request: Request, operator: Operator, step: str, done: str) -> Response:
        try:
            await self._send(request, operator, step)
        except Refused as error:
            return await self._page(operator, str(error), status=error.status)
        return RedirectResponse(f"{PREFIX}/me?done={done}", 303)

    async def _send(self, request: Request, operator: Operator, step: str) -> dict[str, str]:
        given = await form(request)
        body = {name: str(given.get(name, "")) for name in _FIELDS}
        return await self._service.by(operator).post(f"/me/code/{step}", body)

    async def _page(
        self, operator: Operator, problem: str = "", done: str = "", address: str = "", status: int = 200
    ) -> Response:
        found = await self._service.by(operator).get("/me")
        # As a drawing in the page itself: no script, no image, nothing for a cache to keep.
        square = _square(address) if address else ""
        values = {"problem": problem, "done": done, "square": square, "address": address}
        return self._screens.page("me.html", operator, status, account=found["account"], **values)


def _square(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out,
        kind="svg",
        scale=5,
        border=3,
        xmldecl=False,
        svgns=False,
        title="用验证器扫描",
        dark="#000",
        light="#fff",
    )
    return out.getvalue().decode()
