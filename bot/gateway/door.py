"""Who stands at the door: the session, the caller to count, and whether a POST comes from our own page."""

from __future__ import annotations

from ipaddress import ip_address

from fastapi import Request, Response

from actions.serving.token import bearer, same
from bot.gateway.limits import Caller
from bot.gateway.origin import host_of
from bot.gateway.sessions import Session, Sessions


class Door:
    """Reads requests; writes the session cookie.

    :param token: the service token; a caller who carries it (evaluation, monitoring) isn't limited.
    :param framed: other sites show the chat in a frame, so its cookie must be one that frames get.
    """

    def __init__(self, sessions: Sessions, token: str, framed: bool = False) -> None:
        self._sessions = sessions
        self._token = token
        # Only together with Secure do browsers take SameSite=None; Partitioned keeps one jar for each framing site.
        self._framed = framed and sessions.secure

    def session(self, request: Request) -> Session:
        """The caller's session, new when the cookie is missing, forged or over."""
        return self._sessions.open(request.cookies.get(self._sessions.cookie))

    def caller(self, request: Request, session: Session) -> Caller:
        """Who is counted for this request."""
        return Caller(session.id, _address(request), self.trusted(request))

    def trusted(self, request: Request) -> bool:
        """Whether the request carries the service token."""
        return same(bearer(request.headers), self._token)

    def local(self, request: Request) -> bool:
        """Whether it comes from this very machine and not through a proxy."""
        address = _address(request)
        forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
        return not forwarded and _is_loopback(address)

    def foreign(self, request: Request) -> bool:
        """Whether another site's page sent it. Programs that send no ``Origin`` are not browsers."""
        origin = request.headers.get("origin")
        return origin is not None and host_of(origin) != request.headers.get("host")

    def remember(self, response: Response, session: Session) -> None:
        """Hand out the cookie where the client doesn't hold it yet."""
        if session.fresh:
            response.set_cookie(
                self._sessions.cookie,
                self._sessions.value(session),
                max_age=self._sessions.max_age(session),
                secure=self._sessions.secure,
                httponly=True,
                samesite="none" if self._framed else "lax",
                path="/",
            )
            if self._framed:
                response.headers["set-cookie"] += "; Partitioned"

    def restart(self, session: Session) -> Session:
        """The same session with a new conversation."""
        return self._sessions.restart(session)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
