"""One message of a conversation at a time also where several gateways stand at the door.

Within one gateway the turnstile keeps the order. Here a gateway says in Redis that it is at work on a conversation, and
goes on saying so; one that is killed falls silent, and the next may begin three seconds later.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.gateway.turnstile import Full

log = logging.getLogger(__name__)

_REDIS_SECONDS = 0.5
_AVOID_SECONDS = 5.0
_HELD_MS = 3000
_AGAIN_SECONDS = 1.0
_LOOK_SECONDS = 0.05
_WAIT_SECONDS = 10.0
_GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end"


class Claims:
    """One for the gateway. While Redis is away every claim is granted: then there is no dialogue to disturb either.

    :param redis_url: with its password: never log it.
    """

    def __init__(self, redis_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis: Redis = Redis.from_url(
            redis_url,
            socket_timeout=_REDIS_SECONDS,
            socket_connect_timeout=_REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._give_back = self._redis.register_script(_GIVE_BACK)
        self._clock = clock
        self._avoid_until = 0.0

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """While no other gateway is at work on this conversation.

        :raises Full: when another one still was after ten seconds.
        """
        key, token = f"gateway:at:{conversation}", secrets.token_hex(8)
        end = self._clock() + _WAIT_SECONDS
        while not await self._take(key, token):
            if self._clock() > end:
                raise Full
            await asyncio.sleep(_LOOK_SECONDS)
        holding = asyncio.create_task(self._hold(key))
        try:
            yield
        finally:
            holding.cancel()
            await self._leave(key, token)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _take(self, key: str, token: str) -> bool:
        if self._clock() < self._avoid_until:
            return True
        try:
            return bool(await self._redis.set(key, token, nx=True, px=_HELD_MS))
        except (RedisError, OSError) as error:
            self._away(error)
            return True

    async def _hold(self, key: str) -> None:
        while True:
            await asyncio.sleep(_AGAIN_SECONDS)
            try:
                await self._redis.pexpire(key, _HELD_MS)
            except (RedisError, OSError) as error:
                self._away(error)

    async def _leave(self, key: str, token: str) -> None:
        if self._clock() < self._avoid_until:
            return
        try:
            await self._give_back(keys=[key], args=[token])
        except (RedisError, OSError) as error:
            self._away(error)

    def _away(self, error: Exception) -> None:
        log.warning("redis away (%s): other gateways are not heard", type(error).__name__)
        self._avoid_until = self._clock() + _AVOID_SECONDS
