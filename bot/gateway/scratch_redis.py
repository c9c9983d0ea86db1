"""The short memory in Redis, and the one that falls back when Redis is away."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from bot.gateway.errors import ScratchUnavailable
from bot.gateway.scratch import MemoryScratch, Notes, Scratch, Window

log = logging.getLogger(__name__)
T = TypeVar("T")

_SECONDS = 0.5  # a frozen Redis must cost a resident this once, not every message its full time limit
_LATE_SECONDS = 0.7
_AVOID_SECONDS = 5.0

_TURNS = "turns:{}"
# Rasa has no interface for it: these are the keys of bot/rasa/stores.py and bot/rasa/locks.py.
_OF_RASA = ("rasa:tracker:{}", "rasa:lock:{}:next", "rasa:lock:{}:queue")

# All windows are looked at before any is counted, in one step, by the clock that all gateways share.
_ADMIT = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local wait = 0
for i, key in ipairs(KEYS) do
  local limit, span = tonumber(ARGV[2 * i]), ARGV[2 * i + 1] * 1000000
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - span)
  local count = redis.call('ZCARD', key)
  if count >= limit then
    local oldest = redis.call('ZRANGE', key, count - limit, count - limit, 'WITHSCORES')
    wait = math.max(wait, oldest[2] + span - now)
  end
end
if wait == 0 then
  for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, now, ARGV[1])
    redis.call('PEXPIRE', key, ARGV[2 * i + 1] * 1000)
  end
end
return math.ceil(wait)
"""

# One step: a transaction of the same commands takes more to send and to read.
_WRITE = """
local turns, at = tonumber(ARGV[1]), 2
for i, key in ipairs(KEYS) do
  if i <= turns then
    redis.call('RPUSH', key, ARGV[at])
    redis.call('LTRIM', key, ARGV[at + 1], -1)
    redis.call('EXPIRE', key, ARGV[at + 2])
    at = at + 3
  else
    redis.call('SET', key, ARGV[at], 'EX', ARGV[at + 1])
    at = at + 2
  end
end
"""


class RedisScratch:
    """See :class:`bot.gateway.scratch.Scratch`.

    :param url: with password and database number.
    :param turn_seconds: how long an untouched conversation is remembered.
    :raises RedisError: from every method when Redis doesn't answer within half a second.
    """

    def __init__(self, url: str, turn_seconds: int) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=_SECONDS,
            socket_connect_timeout=_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._admit = self._redis.register_script(_ADMIT)
        self._write = self._redis.register_script(_WRITE)
        self._turn_seconds = turn_seconds

    async def admit(self, windows: Sequence[Window]) -> float:
        """See :class:`bot.gateway.scratch.Scratch`."""
        numbers = [value for window in windows for value in (window.limit, window.seconds)]
        keys = [f"limit:{window.key}" for window in windows]
        return int(await self._admit(keys=keys, args=[secrets.token_hex(8), *numbers])) / 1_000_000

    async def write(self, notes: Notes) -> None:
        """See :class:`bot.gateway.scratch.Scratch`."""
        turns, texts = notes.turns, notes.texts
        keys = [_TURNS.format(turn.conversation) for turn in turns] + [f"kept:{text.key}" for text in texts]
        values: list[str | int] = [len(turns)]
        for turn in turns:
            values += (turn.text, -turn.most, self._turn_seconds)
        for text in texts:
            values += (text.value, text.seconds)
        await self._write(keys=keys, args=values)

    async def recall(self, conversation: str) -> tuple[str, ...]:
        """See :class:`bot.gateway.scratch.Scratch`."""
        turns = await self._redis.lrange(f"turns:{conversation}", 0, -1)
        return tuple(str(turn) for turn in turns)

    async def forget(self, conversation: str) -> None:
        """See :class:`bot.gateway.scratch.Scratch`."""
        await self._redis.delete(f"turns:{conversation}")

    async def erase(self, conversations: Sequence[str]) -> None:
        """See :class:`bot.gateway.scratch.Scratch`."""
        keys = [key.format(name) for name in conversations for key in (_TURNS, *_OF_RASA)]
        starts = tuple(f"kept:{name}:" for name in conversations)
        async for key in self._redis.scan_iter(match="kept:*", count=1000):
            if str(key).startswith(starts):
                keys.append(str(key))
        await self._redis.delete(*keys)

    async def kept(self, key: str) -> str | None:
        """See :class:`bot.gateway.scratch.Scratch`."""
        value = await self._redis.get(f"kept:{key}")
        return None if value is None else str(value)

    async def ping(self) -> None:
        """Return when Redis answers."""
        await self._redis.ping()

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


class FallbackScratch:
    """Redis while it answers; this process's own memory for a few seconds whenever it does not."""

    def __init__(
        self, shared: RedisScratch, own: MemoryScratch, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shared = shared
        self._own = own
        self._clock = clock
        self._avoid_until = 0.0

    async def admit(self, windows: Sequence[Window]) -> float:
        """See :class:`bot.gateway.scratch.Scratch`."""
        return await self._either(lambda scratch: scratch.admit(windows))

    async def write(self, notes: Notes) -> None:
        """See :class:`bot.gateway.scratch.Scratch`."""
        for turn in notes.turns:
            await self._put_back(turn.conversation)
        await self._either(lambda scratch: scratch.write(notes))

    async def recall(self, conversation: str) -> tuple[str, ...]:
        """See :class:`bot.gateway.scratch.Scratch`."""
        await self._put_back(conversation)
        return await self._either(lambda scratch: scratch.recall(conversation))

    async def forget(self, conversation: str) -> None:
        """Drop the turns in both places: what was kept aside must not come back."""
        await self._own.forget(conversation)
        await self._either(lambda scratch: scratch.forget(conversation))

    async def erase(self, conversations: Sequence[str]) -> None:
        """Drop them in both places.

        :raises ScratchUnavailable: when Redis can't be reached: what it holds would outlive the promise.
        """
        await self._own.erase(conversations)
        try:
            await self._shared.erase(conversations)
        except (RedisError, OSError) as error:
            raise ScratchUnavailable(f"redis does not answer: {type(error).__name__}") from None

    async def kept(self, key: str) -> str | None:
        """See :class:`bot.gateway.scratch.Scratch`."""
        return await self._either(lambda scratch: scratch.kept(key)) or await self._own.kept(key)

    async def shared_answers(self) -> bool:
        """Whether Redis answers now; a recovery is used at once."""
        try:
            await self._shared.ping()
        except (RedisError, OSError):
            return False
        self._avoid_until = 0.0
        return True

    async def close(self) -> None:
        """Close the connections to Redis."""
        await self._shared.close()

    async def _put_back(self, conversation: str) -> None:
        """What was remembered here while Redis was away goes where it would have gone."""
        if self._clock() < self._avoid_until:
            return
        turns, most = self._own.take_out(conversation)
        if turns:  # where Redis is still away, they stay here
            aside = Notes()
            for turn in turns:
                aside.remember(conversation, turn, most)
            await self._either(lambda scratch: scratch.write(aside))

    async def _patiently(self, use: Callable[[Scratch], Awaitable[T]]) -> T:
        begin = self._clock()
        try:
            return await use(self._shared)
        except RedisTimeout:
            # The time ran out later than it should have: then this process was late, and not Redis.
            if self._clock() - begin < _LATE_SECONDS:
                raise
        return await use(self._shared)

    async def _either(self, use: Callable[[Scratch], Awaitable[T]]) -> T:
        if self._clock() >= self._avoid_until:
            try:
                return await self._patiently(use)
            except (RedisError, OSError) as error:
                log.warning("redis away (%s): counting in this process", type(error).__name__)
                self._avoid_until = self._clock() + _AVOID_SECONDS
        return await use(self._own)
