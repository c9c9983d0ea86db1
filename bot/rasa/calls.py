"""How this process calls the answering service: over connections that stay open, and on the next address when one is gone.

Stock Rasa opens a connection for every action and knows one address.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig

log = logging.getLogger(__name__)

# The service lets go of an idle connection after five seconds: not while the next call is on its way.
KEEP_SECONDS = 2.0
AVOID_SECONDS = 5.0


class Addresses:
    """The order in which the service's processes are tried: this process's own first, those that were gone last.

    >>> list(Addresses(["a", "b"]).order())
    ['a', 'b']
    """

    def __init__(self, urls: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._urls = tuple(urls)
        self._clock = clock
        self._gone: dict[str, float] = {}

    def order(self) -> tuple[str, ...]:
        """All of them."""
        now = self._clock()
        return tuple(sorted(self._urls, key=lambda url: self._gone.get(url, 0.0) > now))

    def gone(self, url: str) -> None:
        """Nobody listens there."""
        self._gone[url] = self._clock() + AVOID_SECONDS


class _Open:
    """Rasa closes a session after each call; this one stays."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is closed."""


def apply(urls: Sequence[str]) -> None:
    """Patch Rasa in this process; call it once, before the server starts.

    :param urls: of the answering service's action endpoint, the one to prefer first.
    """
    addresses, request = Addresses(urls), EndpointConfig.request
    kept: list[aiohttp.ClientSession] = []

    def session(self: Any) -> _Open:
        if not kept:  # the first call is made inside the server's event loop, to which it belongs
            connector = aiohttp.TCPConnector(keepalive_timeout=KEEP_SECONDS)
            kept.append(aiohttp.ClientSession(connector=connector, headers=self.headers))
        return _Open(kept[0])

    async def call(self: Any, *arguments: Any, **named: Any) -> Any:
        *others, last = addresses.order()
        for url in others:
            try:
                self.url = url
                return await request(self, *arguments, **named)
            except aiohttp.ClientConnectorError:  # nothing was handed over: the next one may have it
                log.warning("the service at %s is gone", url)
                addresses.gone(url)
        self.url = last
        return await request(self, *arguments, **named)

    EndpointConfig.session = session
    EndpointConfig.request = call
