"""HTTP between our own processes, over aiohttp, which takes less processor time a call than ``httpx2``.

    calls = Calls(("http://127.0.0.1:8191", "http://127.0.0.1:8201"), {"Authorization": "Bearer …"})
    reply = await calls.post("/answer", json={"text": "公租房怎么申请"})

Whole bodies only, both ways: what the processes tell each other fits in memory, and reading at once is what is cheap.
Failures have the names that ``httpx2`` gives them, as everywhere else where something is called.
"""

from __future__ import annotations

import asyncio
import json as as_json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
import httpx2
from yarl import URL

from bot.gateway.spread import Spread

Servers = str | Sequence[str]
CONNECTIONS = 200
# The servers hang up after five seconds of silence: a message sent in that moment would be lost.
_KEPT_SECONDS = 4.0
_UNASKED = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")  # headers that aiohttp adds by itself
_DEFAULT = httpx2.Timeout(5.0)
_CLEAN = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]-]*")  # what needs no escaping in an address
# The first that fits; what means that nothing was sent comes before what is more general.
_NAMES: tuple[tuple[type[Exception], type[httpx2.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx2.ReadTimeout),
    (aiohttp.ClientConnectorError, httpx2.ConnectError),
    (aiohttp.ClientOSError, httpx2.ReadError),
    (aiohttp.ServerDisconnectedError, httpx2.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx2.RemoteProtocolError),
    (aiohttp.ClientPayloadError, httpx2.RemoteProtocolError),
    (aiohttp.ClientError, httpx2.NetworkError),
)


@dataclass(frozen=True)
class Reply:
    """:param content: the whole body, unpacked."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return as_json.loads(self.content)

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 200 to 299."""
        return 200 <= self.status_code < 300

    def raise_for_status(self) -> Self:
        """Itself. Raises httpx2.HTTPError when the status is not one of success."""
        if not self.is_success:
            raise httpx2.HTTPError(f"answered with status {self.status_code}")
        return self


class Calls:
    """One pool of connections to equal processes; opened by the first call, so it belongs to that one's event loop.

    A proxy of the machine is never asked, no redirect is followed, no cookie kept, and nothing is sent a second time.

    :param servers: base URLs.
    :param headers: of every call.
    :param onward: gives further headers of each call.
    :param connections: open at once at most; further calls wait for one.
    """

    def __init__(
        self,
        servers: Servers,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: httpx2.Timeout | float = _DEFAULT,
        onward: Callable[[], Mapping[str, str]] = dict,
        connections: int = CONNECTIONS,
    ) -> None:
        self._spread = Spread((servers,) if isinstance(servers, str) else tuple(servers))
        self._headers = dict(headers or {})
        self._timeout = _limits(timeout)
        self._onward = onward
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        params: Any = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Reply:
        """One call.

        :param path: after the base URL, names in it quoted.
        :param params: of the query, as ``httpx2.QueryParams`` takes them.
        :param seconds: another limit for connecting and for reading than the pool's.
        :raises httpx2.TransportError: when no whole reply came.
        """
        sent = {**self._headers, **self._onward(), **(headers or {})}
        if json is not None:
            content = as_json.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
            sent["Content-Type"] = "application/json"
        if params:
            path = f"{path}?{httpx2.QueryParams(params)}"
        limits = self._timeout if seconds is None else _limits(seconds)

        async def send(address: str) -> Reply:
            return await self._send(method, _url(address + path), content, sent, limits)

        return await self._spread.call(send)

    async def get(self, path: str, **what: Any) -> Reply:
        """See :meth:`request`."""
        return await self.request("GET", path, **what)

    async def post(self, path: str, **what: Any) -> Reply:
        """See :meth:`request`."""
        return await self.request("POST", path, **what)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _send(
        self,
        method: str,
        url: URL,
        content: bytes | None,
        headers: Mapping[str, str],
        limits: aiohttp.ClientTimeout,
    ) -> Reply:
        # A server that has just died: its kept connections are told apart only once the event loop has read their end.
        # One round of the loop reads it, the next comes after it.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        sending = self._open().request(
            method, url, data=content or None, headers=headers, timeout=limits, allow_redirects=False
        )
        try:
            async with sending as response:
                return Reply(response.status, response.headers, await response.read())
        except aiohttp.ClientError as error:
            raise _named(error) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # What names stand for is asked anew for each connection: a container that came back has another address.
            connector = aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=_KEPT_SECONDS, use_dns_cache=False
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_UNASKED,
                trust_env=False,
                middlewares=(_once,),
            )
        return self._session


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp sends a GET, PUT or DELETE again when a kept connection broke; under another name it does not."""
    try:
        return await send(request)
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        raise _named(error) from error


def _named(error: aiohttp.ClientError) -> httpx2.TransportError:
    name = next(theirs for ours, theirs in _NAMES if isinstance(error, ours))
    return name(str(error))


def _url(address: str) -> URL:
    return URL(address, encoded=_CLEAN.fullmatch(address) is not None)


def _limits(timeout: httpx2.Timeout | float) -> aiohttp.ClientTimeout:
    given = timeout if isinstance(timeout, httpx2.Timeout) else httpx2.Timeout(timeout)
    # Writing has no limit of its own: every caller limits the whole.
    return aiohttp.ClientTimeout(
        total=None, connect=given.pool, sock_connect=given.connect, sock_read=given.read
    )
