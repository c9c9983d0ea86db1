"""The shared secret between the processes: every route of the service but the health checks asks for it."""

from __future__ import annotations

from hmac import compare_digest
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# Both tell a supervisor one bit; everything else is for those who hold the secret.
OPEN_PATHS = frozenset({"/healthz", "/readyz"})


def bearer(headers: Headers) -> str:
    """The token of ``Authorization: Bearer …``, or an empty string."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def same(given: str, secret: str) -> bool:
    """Compare in constant time; an empty secret matches nothing."""
    return bool(secret) and compare_digest(given.encode(), secret.encode())


class RequireToken:
    """ASGI middleware: 401 unless the request carries the token.

    It is taken from ``Authorization: Bearer …`` or, because Rasa's ``endpoints.yml`` sends it so, from
    ``?token=…``.
    """

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app = app
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS or self._allowed(scope):
            await self._app(scope, receive, send)
            return
        body = {"error": {"code": "token_required", "message": "需要 SERVICE_TOKEN"}}
        await JSONResponse(body, status_code=401, headers={"WWW-Authenticate": "Bearer"})(
            scope, receive, send
        )

    def _allowed(self, scope: Scope) -> bool:
        given = bearer(Headers(scope=scope))
        if not given:
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return same(given, self._secret)
