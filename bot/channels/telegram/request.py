"""The Bot API over aiohttp, which takes less processor time a call than python-telegram-bot's own ``HTTPXRequest``.

    server = "https://api.telegram.org"
    Bot(token, f"{server}/bot", request=AiohttpRequest(server, 32), get_updates_request=AiohttpRequest(server, 1))

No message of an error holds the address: the token is part of it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from actions.settings import SettingsError

_SECONDS = 5.0  # to connect, and to wait for the next piece of an answer
_POOL_SECONDS = 1.0  # to wait for a free connection
_KEPT_SECONDS = 4.0  # a server that hangs up after five would otherwise do so in the moment of sending
_FORM = "application/x-www-form-urlencoded"
_UNASKED = ("Accept", "Accept-Encoding", "Content-Type")  # headers that aiohttp adds by itself


class AiohttpRequest(BaseRequest):
    """See the library's ``BaseRequest``. Sends parameters only, no files.

    A proxy is taken from the usual variables (``HTTPS_PROXY``, ``ALL_PROXY``, ``NO_PROXY``).

    :param server: what all calls go to.
    :param connections: open at once at most; further calls wait for one.
    :raises SettingsError: when the proxy is of a kind that cannot be used.
    """

    def __init__(self, server: str, connections: int) -> None:
        self._connections = connections
        self._proxy = _proxy(server)
        # The same authorities as for every other call to the outside: the machine's, or those that SSL_CERT_FILE names.
        self._trusted = httpx2.create_ssl_context() if server.startswith("https:") else True
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds."""
        return _SECONDS

    async def initialize(self) -> None:
        """Open the pool, which belongs to the running event loop."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=_KEPT_SECONDS, use_dns_cache=False
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_UNASKED,
                headers={"User-Agent": self.USER_AGENT},
                trust_env=False,  # it would look for the proxy and for ~/.netrc at every call
            )

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body.

        :param write_timeout: without effect: what is sent is short, and waiting for the answer has its limit.
        :raises NetworkError: when no answer came; TimedOut, when it did not in time.
        :raises NotImplementedError: when there is a file to send.
        """
        if self._session is None:
            raise RuntimeError("call initialize() first")
        if request_data and request_data.contains_files:
            raise NotImplementedError("this channel sends no files")
        connect = _or(connect_timeout, _SECONDS)
        pool = _or(pool_timeout, _POOL_SECONDS)
        limits = aiohttp.ClientTimeout(
            total=None,
            connect=None if connect is None or pool is None else connect + pool,  # aiohttp counts both
            sock_connect=connect,
            sock_read=_or(read_timeout, _SECONDS),
        )
        try:
            async with self._session.request(
                method,
                URL(url, encoded=True),
                data=urlencode(request_data.json_parameters).encode() if request_data else None,
                headers={"Content-Type": _FORM},
                timeout=limits,
                allow_redirects=False,
                proxy=self._proxy,
                ssl=self._trusted,
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from None


def _proxy(server: str) -> str | None:
    parts, proxies = urlsplit(server), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc):
        return None
    kind, found, _ = proxy.partition("://")
    if not found:
        return f"http://{proxy}"
    if kind not in ("http", "https"):
        raise SettingsError(f"代理不能是 {kind}://：把 HTTPS_PROXY 设成 http://主机:端口")
    return proxy


def _or(given: Any, usual: float) -> float | None:
    """PTB's timeouts: a number, None for no limit, or its sign for «not said»."""
    return usual if given is BaseRequest.DEFAULT_NONE else given
