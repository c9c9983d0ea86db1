"""Administrators: who has an account, and what everybody did."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from actions.accounts.records import ROLES
from actions.tickets.departments import unit_names
from actions.tickets.moment import now
from bot.console.acts_words import kinds, named, told
from bot.console.errors import Refused
from bot.console.guard import form
from bot.console.operator import Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService

CHANGES = {
    "roles": "角色已改，需要重新登录才生效",
    "disable": "已停用，并已退出登录",
    "enable": "已启用",
    "reset": "密码已重设",
    "code-reset": "登录验证码已取消",
    "link": "统一登录的绑定已改",
}


class AccountPages:
    """``/desk/accounts`` and ``/desk/acts``."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("/accounts", self.list, roles={"admin"}, label="账号")
        router.act("/accounts", self.add, roles={"admin"})
        router.act("/accounts/{id}/{change}", self.change, roles={"admin"})
        router.page("/acts", self.acts, roles={"supervisor", "admin"}, label="操作记录")

    async def list(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/accounts``."""
        return await self._page(operator, done=CHANGES.get(request.query_params.get("done", ""), ""))

    async def add(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/accounts``: the first password is shown once."""
        given = await form(request)
        body = {name: str(given.get(name, "")) for name in ("login", "name")}
        try:
            made = await self._service.by(operator).post("/accounts", {**body, **_may(given)})
        except Refused as error:
            return await self._page(operator, problem=str(error), status=error.status)
        return await self._page(operator, shown=(made["account"]["login"], made["password"]))

    async def change(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/accounts/{id}/{change}``."""
        id_, change, given = request.path_params["id"], request.path_params["change"], await form(request)
        if not id_.isdigit() or change not in CHANGES:
            raise Refused("not_found", "没有这个账号或这一步", 404)
        body: dict[str, Any] = {name: str(given.get(name, "")) for name in ("issuer", "subject")}
        body |= _may(given)
        try:
            done = await self._service.by(operator).post(f"/accounts/{id_}/{change}", body)
        except Refused as error:
            return await self._page(operator, problem=str(error), status=error.status)
        if "password" in done:
            return await self._page(operator, shown=(str(given.get("login", "")), done["password"]))
        return RedirectResponse(f"{PREFIX}/accounts?done={change}", 303)

    async def acts(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/acts``: the record, newest first."""
        query = request.query_params
        wanted = {name: query.get(name) for name in ("before", "kind", "subject")}
        found = (await self._service.by(operator).get("/acts", **wanted))["acts"]
        rows = [{**act, "details": told(act["details"]), "kind": named(act["kind"])} for act in found]
        older = found[-1]["position"] if len(found) >= 200 else 0
        values: dict[str, Any] = {
            "rows": rows,
            "older": older,
            "kind": wanted["kind"] or "",
            "kinds": kinds(),
            "subject": wanted["subject"] or "",
        }
        return self._screens.page("acts.html", operator, here=f"{PREFIX}/acts", **values)

    async def _page(
        self,
        operator: Operator,
        problem: str = "",
        done: str = "",
        shown: tuple[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        found = (await self._service.by(operator).get("/accounts"))["accounts"]
        values = {
            "accounts": found,
            "roles": ROLES,
            "departments": unit_names(),
            "now": now().isoformat(),
            "problem": problem,
            "done": done,
        }
        return self._screens.page(
            "accounts.html", operator, status, here=f"{PREFIX}/accounts", shown=shown, **values
        )


def _may(given: FormData) -> dict[str, Any]:
    roles = [str(role) for role in given.getlist("roles")]
    return {
        "roles": roles,
        "department": str(given.get("department", "")),
        "reveals": given.get("reveals") == "yes",
    }
