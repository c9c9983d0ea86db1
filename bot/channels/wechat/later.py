"""Texts that the platform doesn't take now: they wait for their reader to write, which opens 48 hours.

The ledger stays the truth for news of tickets: what waits here is not named as arrived, so that it isn't lost with
Redis; it only comes sooner than the outbox's next attempt.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from actions.tickets.errors import KeyMissing
from actions.tickets.sealing import Sealer

_BOUND = "wechat-later"


class Later:
    """See the module.

    :param seconds: how long something waits at most.
    :raises RedisError: from every method when Redis doesn't answer.
    """

    def __init__(self, redis: Redis, sealer: Sealer, seconds: int) -> None:
        self._redis = redis
        self._sealer = sealer
        self._seconds = seconds

    async def keep(self, user: str, name: str, texts: Sequence[str]) -> None:
        """Have these wait; the same name again replaces them.

        :param name: a letter's number, or what else tells them apart.
        """
        sealed = self._sealer.seal(json.dumps(list(texts)), _BOUND)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(f"wx:later:{user}", name, sealed)
            pipe.expire(f"wx:later:{user}", self._seconds)
            await pipe.execute()

    async def waiting(self, user: str) -> list[tuple[str, list[str]]]:
        """What waits, in the order it was written."""
        kept: dict[Any, Any] = await self._redis.hgetall(f"wx:later:{user}")
        return [(name, self._open(kept[name])) for name in sorted(kept, key=lambda name: (len(name), name))]

    def _open(self, sealed: str) -> list[str]:
        try:
            return [str(text) for text in json.loads(self._sealer.open(sealed, _BOUND))]
        except KeyMissing:
            return []  # the ledger still has it; without its key nobody can read this copy

    async def drop(self, user: str, name: str) -> None:
        """It has arrived."""
        await self._redis.hdel(f"wx:later:{user}", name)
