"""Security headers on every response."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# No inline script or style anywhere: what a resident or a document says can't become code.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
)
CSP = _POLICY + "'none'"
# The desk's pages work by forms; the resident's page has none that leaves it.
DESK_CSP = CSP.replace("form-action 'none'", "form-action 'self'")
_ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """ASGI middleware.

    :param https: also tell browsers to come back over HTTPS only.
    :param framed_by: origins of the sites that may show ``/?embed=1`` in a frame; no other page may be framed.
    """

    def __init__(self, app: ASGIApp, https: bool, framed_by: Sequence[str] = ()) -> None:
        self._app = app
        self._headers = dict(_ALWAYS)
        self._framed_by = framed_by
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        own = self._for(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in own.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)

    def _for(self, scope: Scope) -> dict[str, str]:
        if scope["path"].startswith("/desk"):
            return {**self._headers, "Content-Security-Policy": DESK_CSP}
        if not self._framed_by:
            return self._headers
        if scope["path"] == "/widget.js":
            return {**self._headers, "Cross-Origin-Resource-Policy": "cross-origin"}
        if scope["path"] == "/" and QueryParams(scope["query_string"]).get("embed") == "1":
            policy = _POLICY + " ".join(("'self'", *self._framed_by))
            # X-Frame-Options knows no list of sites; where both are, browsers go by the policy anyway.
            kept = {k: v for k, v in self._headers.items() if k != "X-Frame-Options"}
            return {**kept, "Content-Security-Policy": policy}
        return self._headers
