"""The way to the organisation's own sign-in and back."""

from __future__ import annotations

from dataclasses import astuple
from hashlib import sha256
from hmac import compare_digest

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadSignature, URLSafeTimedSerializer

from bot.console.errors import Refused
from bot.console.guard import Guard
from bot.console.oidc import Going, Provider
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService

COOKIE = "haishu-desk-oidc"
AWAY_SECONDS = 600


class OidcPages:
    """``/desk/sign-in/oidc`` and ``/desk/sign-in/oidc/back``.

    :param secret: signs what the browser takes along
    """

    def __init__(
        self,
        guard: Guard,
        screens: Screens,
        service: DeskService,
        provider: Provider,
        secret: str,
        secure: bool,
    ) -> None:
        self._guard = guard
        self._screens = screens
        self._service = service
        self._provider = provider
        self._secure = secure
        self._signer = URLSafeTimedSerializer(
            secret, salt="desk-oidc", signer_kwargs={"digest_method": sha256}
        )

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.open("GET", "/sign-in/oidc", self.go)
        router.open("GET", "/sign-in/oidc/back", self.back)

    async def go(self, request: Request) -> Response:
        """``GET /desk/sign-in/oidc``."""
        going = Going.new()
        response = RedirectResponse(await self._provider.address(going), 303)
        # Lax, not Strict: the browser comes back from another site.
        response.set_cookie(
            COOKIE,
            str(self._signer.dumps(astuple(going))),
            max_age=AWAY_SECONDS,
            secure=self._secure,
            httponly=True,
            samesite="lax",
            path=f"{PREFIX}/sign-in/oidc",
        )
        return response

    async def back(self, request: Request) -> Response:
        """``GET /desk/sign-in/oidc/back``: ``code`` and ``state``."""
        going, query = self._going(request), request.query_params
        if not compare_digest(query.get("state", "").encode(), going.state.encode()):
            raise Refused("oidc_refused", "统一登录的回应不是这次登录的，请从登录页重新开始", 403)
        subject = await self._provider.subject(query.get("code", "")[:2000], going)
        body = {"issuer": self._provider.issuer, "subject": subject}
        found = await self._service.post("/desk/sign-in/vouched", body)
        # A page and no redirect: a Strict cookie does not travel on one that another site began.
        response = self._screens.bare("signed_in.html")
        self._guard.let_in(response, found["token"])
        response.delete_cookie(COOKIE, path=f"{PREFIX}/sign-in/oidc")
        return response

    def _going(self, request: Request) -> Going:
        try:
            return Going(*self._signer.loads(request.cookies.get(COOKIE, ""), max_age=AWAY_SECONDS))
        except (BadSignature, TypeError):
            raise Refused("oidc_refused", "登录等得太久，请从登录页重新开始", 403) from None
