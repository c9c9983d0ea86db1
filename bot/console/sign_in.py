"""Signing in and out: the password, then the code where there is one."""

from __future__ import annotations

import math

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from bot.console.errors import NotSignedIn, Refused
from bot.console.guard import Guard, form
from bot.console.operator import ANYONE, Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService
from bot.gateway.scratch import Scratch, Window

# A whole office stands behind one address; the lock-out per account is the service's.
TRIES = 40
TRY_SECONDS = 300


class SignIn:
    """The pages before the desk.

    :param oidc: name of the organisation's own sign-in for the button, or empty
    """

    def __init__(
        self, guard: Guard, screens: Screens, service: DeskService, scratch: Scratch, oidc: str = ""
    ) -> None:
        self._guard = guard
        self._screens = screens
        self._service = service
        self._scratch = scratch
        self._oidc = oidc

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.open("GET", "/sign-in", self.ask)
        router.open("POST", "/sign-in", self.password)
        router.open("GET", "/sign-in/code", self.ask_code)
        router.open("POST", "/sign-in/code", self.code)
        router.act("/sign-out", self.sign_out, roles=ANYONE)

    async def ask(self, request: Request) -> Response:
        """``GET /desk/sign-in``."""
        return self._form(request.query_params.get("next", ""))

    async def password(self, request: Request) -> Response:
        """``POST /desk/sign-in``: whatever cookie came along is not used."""
        given = await form(request)
        login, password, after = (str(given.get(name, "")) for name in ("login", "password", "next"))
        if wait := await self._wait(request):
            return self._form(after, f"试得太多了，请过{wait}秒再试", 429)
        try:
            found = await self._service.post("/desk/sign-in", {"login": login, "password": password})
        except Refused as error:
            return self._form(after, str(error), 403)
        if found["stage"] == "code":
            response: Response = RedirectResponse(f"{PREFIX}/sign-in/code?next={_safe(after)}", 303)
        else:
            response = RedirectResponse(_safe(after), 303)
        await self._leave(request)
        self._guard.let_in(response, found["token"])
        return response

    async def ask_code(self, request: Request) -> Response:
        """``GET /desk/sign-in/code``."""
        self._guard.token(request)
        return self._code_form(request.query_params.get("next", ""))

    async def code(self, request: Request) -> Response:
        """``POST /desk/sign-in/code``."""
        given = await form(request)
        code, after = str(given.get("code", "")), str(given.get("next", ""))
        if wait := await self._wait(request):
            return self._code_form(after, f"试得太多了，请过{wait}秒再试", 429)
        try:
            body = {"token": self._guard.token(request), "code": code}
            found = await self._service.post("/desk/sign-in/code", body)
        except Refused as error:
            if error.code == "session_over":
                raise NotSignedIn from None
            return self._code_form(after, str(error), 403)
        response = RedirectResponse(_safe(after), 303)
        self._guard.let_in(response, found["token"])
        return response

    async def sign_out(self, request: Request, _: Operator) -> Response:
        """``POST /desk/sign-out``."""
        await self._service.post("/desk/sign-out", {"token": self._guard.token(request)})
        response = RedirectResponse(f"{PREFIX}/sign-in", 303)
        self._guard.show_out(response)
        return response

    async def _leave(self, request: Request) -> None:
        """Whatever session this browser had before ends."""
        if before := request.cookies.get(self._guard.cookie, "")[:100]:
            await self._service.post("/desk/sign-out", {"token": before})

    async def _wait(self, request: Request) -> int:
        address = request.client.host if request.client else "unknown"
        return math.ceil(await self._scratch.admit([Window(f"desk-sign-in:{address}", TRIES, TRY_SECONDS)]))

    def _form(self, after: str, problem: str = "", status: int = 200) -> Response:
        values = {"next": _safe(after), "problem": problem, "oidc": self._oidc}
        return self._screens.bare("sign_in.html", status, **values)

    def _code_form(self, after: str, problem: str = "", status: int = 200) -> Response:
        return self._screens.bare("code.html", status, next=_safe(after), problem=problem)


def _safe(after: str) -> str:
    """A page of the desk, whatever the address bar says."""
    inside = after.startswith(f"{PREFIX}/") and not after.startswith(f"{PREFIX}/sign-in")
    plain = after.isascii() and after.isprintable() and "\\" not in after and "//" not in after
    return after if inside and plain and len(after) < 500 else PREFIX
