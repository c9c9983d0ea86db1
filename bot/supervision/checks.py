"""Whether a process answers. Never raises: no answer is the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2
import redis.asyncio
from redis.exceptions import RedisError

Check = Callable[[], Awaitable[bool]]
TIMEOUT = 3.0


def http_ok(url: str) -> Check:
    """Whether a GET is answered with 200."""

    async def check() -> bool:
        try:
            # trust_env off: a proxy set for the internet must not swallow loopback requests
            async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                return (await client.get(url)).status_code == 200
        except (httpx2.HTTPError, OSError):
            return False

    return check


def redis_ok(url: str) -> Check:
    """Whether a PING is answered, the password being right."""

    async def check() -> bool:
        client = redis.asyncio.Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
        try:
            return bool(await client.ping())
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()

    return check
