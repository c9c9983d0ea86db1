"""HTTP to several equal processes: each request to the next one in turn, and to another where nobody listens.

    client("http://127.0.0.1:8191")                                  # one process: an ordinary client
    client(("http://127.0.0.1:8191", "http://127.0.0.1:8201"))

What was handed over is never sent a second time: only a connection that could not be made leads to the next process.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx2

from bot.gateway.wire import Wire

AVOID_SECONDS = 5.0
_FROZEN_SECONDS = 1.0  # a caller that gave up sooner says nothing about the process
CONNECTIONS = 200
Servers = str | Sequence[str]


def client(servers: Servers, **options: Any) -> httpx2.AsyncClient:
    """A client whose paths are relative to any of the servers; a proxy of the machine is never asked.

    :param options: further ones of ``httpx2.AsyncClient``.
    """
    urls = (servers,) if isinstance(servers, str) else tuple(servers)
    transport = Wire(CONNECTIONS)
    spread = Spread(urls, transport) if len(urls) > 1 else transport
    return httpx2.AsyncClient(base_url=urls[0], transport=spread, trust_env=False, **options)


class Spread(httpx2.AsyncBaseTransport):
    """Chooses the process for each request.

    :param transport: does the sending.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        transport: httpx2.AsyncBaseTransport,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._urls = [httpx2.URL(address) for address in addresses]
        self._transport = transport
        self._clock = clock
        self._turn = itertools.count()
        self._avoid = [0.0] * len(addresses)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See ``httpx2.AsyncBaseTransport``."""
        *others, last = self._order()
        for place in others:
            try:
                return await self._send(place, request)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._send(last, request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def _order(self) -> list[int]:
        count, now, first = len(self._urls), self._clock(), next(self._turn)
        places = [(first + n) % count for n in range(count)]
        return sorted(places, key=lambda place: self._avoid[place] > now)

    async def _send(self, place: int, request: httpx2.Request) -> httpx2.Response:
        url, begin = self._urls[place], self._clock()
        request.url = request.url.copy_with(scheme=url.scheme, host=url.host, port=url.port)
        try:
            return await self._transport.handle_async_request(request)
        except (httpx2.TransportError, asyncio.CancelledError) as error:
            gone = isinstance(error, (httpx2.ConnectError, httpx2.ReadError))
            if gone or self._clock() - begin > _FROZEN_SECONDS:
                self._avoid[place] = self._clock() + AVOID_SECONDS
            raise
