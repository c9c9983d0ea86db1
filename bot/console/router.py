"""Every page and action of the desk. What is not registered here, with its roles, does not exist.

    router.page("/chats", chats.list, roles={"operator"}, label="对话")      # GET /desk/chats
    router.act("/chats/{id}/take", chats.take, roles={"operator"})          # POST, CSRF and origin checked

Handlers are ``async handler(request, operator) -> Response``; path parameters stand in ``request.path_params``. They may
let ``Refused`` and ``ServiceUnavailable`` pass: the router shows them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Set
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from actions.serving.errors import RequestRefused
from bot.console.errors import NotSignedIn, Refused, RequestForged
from bot.console.guard import Guard, within
from bot.console.operator import ANYONE, Operator
from bot.console.screens import Screens, Tab
from bot.gateway.errors import ServiceUnavailable

PREFIX = "/desk"
MAX_BODY_BYTES = 262_144
ROLES_UNUSABLE = "a route of the desk needs roles out of operator, supervisor, editor, admin, department"
Handler = Callable[[Request, Operator], Awaitable[Response]]
OpenHandler = Callable[[Request], Awaitable[Response]]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Known:
    """One registered route, for the test that compares routes and roles. ``roles`` empty: open to everybody."""

    method: str
    path: str
    roles: frozenset[str]


class DeskRouter:
    """Collects the routes and wraps each in the guard."""

    def __init__(self, guard: Guard, screens: Screens) -> None:
        self._guard = guard
        self._screens = screens
        self._router = APIRouter()
        self.known: list[Known] = []

    def page(
        self,
        path: str,
        handler: Handler,
        *,
        roles: Set[str],
        label: str = "",
        active: bool = True,
        believed: float = 0.0,
    ) -> None:
        """A GET below ``/desk``.

        :param believed: seconds for which a session is not asked for again; only where nothing personal is shown
        :param label: its entry in the navigation; empty: none
        :param active: False for what a page fetches by itself (news, streams): it keeps no session alive
        """
        allowed = _checked(roles)
        if label:
            self._screens.tabs.append(Tab(PREFIX + path, label, allowed))

        async def endpoint(request: Request) -> Response:
            operator = await self._let_in(request, allowed, active, believed)
            return await handler(request, operator)

        self._add("GET", path, allowed, endpoint)

    def act(
        self, path: str, handler: Handler, *, roles: Set[str], most: int = MAX_BODY_BYTES, active: bool = True
    ) -> None:
        """A POST below ``/desk``; the form is read by ``bot.console.guard.form``, JSON by ``read_object``.

        :param most: bytes of the body, files included
        """
        allowed = _checked(roles)

        async def endpoint(request: Request) -> Response:
            self._guard.same_origin(request)
            operator = await self._let_in(request, allowed, active)
            within(request, most)
            await self._guard.check(request, operator)
            return await handler(request, operator)

        self._add("POST", path, allowed, endpoint)

    def open(self, method: str, path: str, handler: OpenHandler) -> None:
        """A route without a session: only for signing in."""

        async def endpoint(request: Request) -> Response:
            if method == "POST":
                self._guard.same_origin(request)
                within(request, MAX_BODY_BYTES)
            return await handler(request)

        self._add(method, path, frozenset(), endpoint)

    def routes(self) -> APIRouter:
        """For the gateway's app."""
        return self._router

    async def _let_in(
        self, request: Request, allowed: frozenset[str], active: bool, believed: float = 0.0
    ) -> Operator:
        operator = await self._guard.who(request, active, believed)
        if operator.must_change and not request.url.path.startswith(f"{PREFIX}/me"):
            raise Refused("must_change", "请先改一次密码", 403)
        if not operator.has(*allowed):
            raise Refused("forbidden", "您的角色不能打开这一页；需要的话请找管理员", 403)
        return operator

    def _add(self, method: str, path: str, roles: frozenset[str], endpoint: OpenHandler) -> None:
        async def caught(request: Request) -> Response:
            began = time.perf_counter()
            try:
                response = await endpoint(request)
                # Read by the browser's own tools and by the benchmark: how long the operator waited for us.
                response.headers["Server-Timing"] = f"desk;dur={(time.perf_counter() - began) * 1000:.1f}"
                return response
            except (NotSignedIn, RequestForged, Refused, RequestRefused, ServiceUnavailable) as error:
                return self._explain(request, error)

        self.known.append(Known(method, PREFIX + path, roles))
        self._router.add_api_route(
            PREFIX + path, caught, methods=[method], response_model=None, include_in_schema=False
        )

    def _explain(self, request: Request, error: Exception) -> Response:
        code, message, status = _told(error)
        if status == 503:
            log.warning("the desk: %s", error)
        if _wants_json(request):
            return JSONResponse({"error": {"code": code, "message": message}}, status)
        if code == "session_over":
            return RedirectResponse(f"{PREFIX}/sign-in{_next(request)}", 303)
        if code == "must_change":
            return RedirectResponse(f"{PREFIX}/me", 303)
        return self._screens.bare("notice.html", status, title="没有办成", message=message, back=PREFIX)


def _checked(roles: Set[str]) -> frozenset[str]:
    if not roles or not roles <= ANYONE:
        raise ValueError(f"{ROLES_UNUSABLE}: {sorted(roles)}")
    return frozenset(roles)


def _told(error: Exception) -> tuple[str, str, int]:
    if isinstance(error, NotSignedIn):
        return "session_over", "登录已经结束，请重新登录", 401
    if isinstance(error, RequestForged):
        return "forged", str(error), 403
    if isinstance(error, Refused | RequestRefused):
        return error.code, str(error), error.status
    return "service_unavailable", "后台服务暂时没有回应，什么也没有改动。请稍后再试", 503


def _wants_json(request: Request) -> bool:
    accept: Any = request.headers.get("accept", "")
    return "application/json" in accept or "text/event-stream" in accept


def _next(request: Request) -> str:
    if request.method != "GET" or request.url.path == PREFIX:
        return ""
    whole = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"?next={quote(whole, safe='/')}" if len(whole) < 500 else ""
