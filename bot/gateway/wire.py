"""The wire below ``httpx2``'s clients: aiohttp, which takes less processor time a call.

Whole bodies only, both ways: what the processes tell each other fits in memory, and reading at once is what is cheap.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache

import aiohttp
import httpx2
from yarl import URL

# The servers hang up after five seconds of silence: a message sent in that moment would be lost.
_KEPT_SECONDS = 4.0
_MADE_ABOVE = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")
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


class Wire(httpx2.AsyncBaseTransport):
    """One pool of connections; opened by the first request, so it belongs to that one's event loop.

    :param connections: open at once at most; further requests wait for one.
    """

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See ``httpx2.AsyncBaseTransport``; nothing is sent a second time."""
        # A server that has just died: its kept connections are told apart only once the event loop has read their end.
        # One round of the loop reads it, the next comes after it.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        sending = self._open().request(
            request.method,
            URL(str(request.url), encoded=True),
            data=await request.aread() or None,
            headers=_headers(request),
            timeout=_timeout(**request.extensions["timeout"]),
            allow_redirects=False,
        )
        try:
            async with sending as response:
                body = await response.read()
        except aiohttp.ClientError as error:
            raise _named(error, request) from error
        return httpx2.Response(response.status, headers=list(response.raw_headers), content=body)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # What names stand for is asked anew for each connection: a container that came back has another address.
            connector = aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=_KEPT_SECONDS, use_dns_cache=False
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_MADE_ABOVE,
                auto_decompress=False,
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


def _named(error: aiohttp.ClientError, request: httpx2.Request | None = None) -> httpx2.TransportError:
    name = next(theirs for ours, theirs in _NAMES if isinstance(error, ours))
    return name(str(error), request=request)


def _headers(request: httpx2.Request) -> list[tuple[str, str]]:
    """As they are; the body's length is known, so it is never sent in chunks."""
    pairs = [(name.decode("ascii"), value.decode("ascii")) for name, value in request.headers.raw]
    return [pair for pair in pairs if pair[0].lower() != "transfer-encoding"]


@lru_cache(maxsize=64)
def _timeout(
    connect: float | None, read: float | None, write: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    # Writing has no limit of its own: every caller limits the whole.
    return aiohttp.ClientTimeout(total=None, connect=pool, sock_connect=connect, sock_read=read)
