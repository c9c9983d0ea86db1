"""What the gateway looks up when somebody reads ``/metrics``: who is up, and what channels have not worked off."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.gateway.health import Doctor
from bot.gateway.metrics import GatewayMetrics

# Channel → the Redis stream in which its updates wait; see bot/channels.
SPOOLS = {"telegram": "tg:in", "wechat": "wx:in"}
_SECONDS = 0.5


class Gauges:
    """Brings the figures up to date.

    :param redis_url: with its password: never log it.
    """

    def __init__(self, metrics: GatewayMetrics, doctor: Doctor, redis_url: str) -> None:
        self._metrics = metrics
        self._doctor = doctor
        self._redis: Redis = Redis.from_url(
            redis_url, decode_responses=True, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
        )

    async def refresh(self) -> None:
        """Ask; a Redis that is away leaves its figures as they were, and is told by ``haishu_up``."""
        health = await self._doctor.health()
        for part in ("rasa", "service", "redis"):
            self._metrics.up.labels(part).set(getattr(health, part))
        if health.redis:
            await asyncio.gather(*(self._spool(channel, stream) for channel, stream in SPOOLS.items()))

    async def _spool(self, channel: str, stream: str) -> None:
        try:
            length = int(await self._redis.xlen(stream))
            first: Any = await self._redis.xrange(stream, count=1)
        except RedisError:
            return
        # A stream's keys begin with the millisecond in which they were made.
        age = time.time() - int(first[0][0].partition("-")[0]) / 1000 if first else 0.0
        self._metrics.spool.labels(channel).set(length)
        self._metrics.spool_age.labels(channel).set(max(0.0, age))

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()
