"""Who may pass: the desk's own session cookie, the CSRF token bound to it, and the origin of every POST."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac

from fastapi import Request, Response
from starlette.datastructures import FormData

from actions.serving.errors import BodyInvalid, BodyTooLarge
from bot.console.errors import NotSignedIn, Refused, RequestForged
from bot.console.operator import Operator
from bot.console.service import DeskService
from bot.gateway.origin import host_of

CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_MAX_TOKEN = 100
_MAX_SEEN = 500


class Guard:
    """Reads and writes the cookie; knows nobody by itself, asks the service each time.

    :param secret: SESSION_SECRET
    :param secure: HTTPS only, with the ``__Host-`` prefix
    """

    def __init__(
        self,
        service: DeskService,
        secret: str,
        secure: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._secret = sha256(b"desk:" + secret.encode()).digest()
        self._secure = secure
        self._clock = clock
        self._seen: OrderedDict[str, tuple[float, Operator]] = OrderedDict()
        self.cookie = "__Host-haishu-desk" if secure else "haishu-desk"

    async def who(self, request: Request, active: bool = True, believed: float = 0.0) -> Operator:
        """The signed-in operator.

        :param believed: seconds for which an earlier answer will do
        :param active: whether this is work, which keeps the session alive, or a page asking by itself
        :raises NotSignedIn: without a session, or while its one-time code is still to be given
        :raises ServiceUnavailable: when nobody can be asked
        """
        token = self.token(request)
        seen, known = self._seen.get(token, (0.0, None))
        if known is not None and self._clock() - seen < believed:
            return known
        try:
            found = await self._service.post("/desk/session", {"token": token, "active": active})
        except Refused:
            self._seen.pop(token, None)
            raise NotSignedIn from None
        if found["stage"] != "in":
            raise NotSignedIn
        operator = Operator.read(found["operator"], self.csrf(token), found["must_change"])
        self._seen[token] = self._clock(), operator
        while len(self._seen) > _MAX_SEEN:
            self._seen.popitem(last=False)
        return operator

    def token(self, request: Request) -> str:
        """What the cookie holds. Raises NotSignedIn when there is none."""
        token = request.cookies.get(self.cookie, "")
        if not token or len(token) > _MAX_TOKEN:
            raise NotSignedIn
        return token

    def csrf(self, token: str) -> str:
        """The token that forms of this session carry."""
        return hmac(self._secret, f"csrf:{token}".encode(), sha256).hexdigest()

    async def check(self, request: Request, operator: Operator) -> None:
        """Whether a POST comes from a page of this session. Raises RequestForged."""
        self.same_origin(request)
        given = request.headers.get(CSRF_HEADER, "") or await _field(request)
        if not compare_digest(given.encode(), operator.csrf.encode()):
            raise RequestForged("这个页面太旧了，请重新打开再试一次")

    def same_origin(self, request: Request) -> None:
        """Every browser says where a POST comes from; who does not say is no browser. Raises RequestForged."""
        host = host_of(request.headers.get("origin", ""))
        if not host or host != request.headers.get("host"):
            raise RequestForged("请求不是从本系统的页面发出的")

    def let_in(self, response: Response, token: str) -> None:
        """Hand out the cookie; it ends with the browser, the session at the service earlier."""
        response.set_cookie(
            self.cookie, token, secure=self._secure, httponly=True, samesite="strict", path="/"
        )

    def show_out(self, response: Response) -> None:
        """Take the cookie back."""
        self._seen.clear()  # somebody left: ask again for everybody
        response.delete_cookie(self.cookie, secure=self._secure, httponly=True, samesite="strict", path="/")


def within(request: Request, most: int) -> None:
    """Refuse a body that is, or may be, larger than ``most`` bytes before any of it is read.

    :raises RequestRefused: when it is, or does not say
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise BodyInvalid("请求要写明 Content-Length")
    if int(length) > most:
        raise BodyTooLarge(f"内容超过 {most} 字节")


async def form(request: Request) -> FormData:
    """The form; files and fields are bounded by ``within`` already."""
    return await request.form(max_files=20, max_fields=500, max_part_size=1_000_000)


async def _field(request: Request) -> str:
    if request.headers.get("content-type", "").split(";")[0].strip() not in _FORMS:
        return ""
    value = (await form(request)).get(CSRF_FIELD)
    return value if isinstance(value, str) else ""
