"""Updates between Telegram and the desk, in Redis: once each, in order, until their reply is sent.

    await spool.accept([update], in_order=True)    # only after this may Telegram forget it
    for entry in await spool.take(10): …
    await spool.done(entry)

One process reads it, under one consumer name: what it had taken when it died it takes again at its next start.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from actions.tickets.errors import KeyMissing
from actions.tickets.sealing import Sealer
from bot.channels.channel import Bubble
from bot.channels.telegram.tuning import Tuning

log = logging.getLogger(__name__)
STREAM, GROUP, CONSUMER = "tg:in", "desk", "telegram"
_BOUND = "telegram-update"
_BLOCK_MS = 500

# Pushed updates overtake each other. Their numbers are consecutive, so one that follows the last may pass at once and
# a later one is held until those between are there, or have had their time.
_RELEASE = """
local function pass(id)
  redis.call('XADD', KEYS[1], '*', 'id', id, 'update', redis.call('HGET', KEYS[3], id))
  redis.call('ZREM', KEYS[2], id); redis.call('ZREM', KEYS[5], id); redis.call('HDEL', KEYS[3], id)
end
local function follow()
  while true do
    local low = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
    local next = tonumber(redis.call('GET', KEYS[4]) or -1)
    if not low or next < 0 or tonumber(low) > next then return end
    pass(low)
    if tonumber(low) == next then redis.call('SET', KEYS[4], next + 1) end
  end
end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
"""
_ACCEPT = (
    _RELEASE
    + """
local id, update, ttl, ordered = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if not redis.call('SET', 'tg:seen:' .. id, 1, 'NX', 'EX', ttl) then return 0 end
redis.call('HSET', KEYS[3], id, update)
redis.call('ZADD', KEYS[2], id, id); redis.call('ZADD', KEYS[5], now, id)
if ordered == '1' then pass(id); redis.call('SET', KEYS[4], id + 1) else follow() end
return 1
"""
)
_RIPEN = (
    _RELEASE
    + """
local ripe = redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now - ARGV[1])
local most = -1
for _, id in ipairs(ripe) do most = math.max(most, tonumber(id)) end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', most)) do pass(id) end
if most >= 0 then
  redis.call('SET', KEYS[4], math.max(most + 1, tonumber(redis.call('GET', KEYS[4]) or 0)))
  follow()
end
return redis.call('ZCARD', KEYS[2])
"""
)
_KEYS = [STREAM, "tg:held", "tg:held:updates", "tg:next", "tg:held:since"]


@dataclass(frozen=True)
class Entry:
    """One update as it waits. ``key`` is its place in the stream."""

    key: str
    id: str
    update: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What is to be sent for an update, and how much of it has been."""

    bubbles: tuple[Bubble, ...]
    sent: int


class Spool:
    """See the module.

    :param sealer: what residents wrote lies in Redis, and in its file, encrypted.
    :raises RedisError: from every method when Redis doesn't answer.
    """

    def __init__(self, redis: Redis, sealer: Sealer, tuning: Tuning) -> None:
        self._redis = redis
        self._sealer = sealer
        self._tuning = tuning
        self._accept = redis.register_script(_ACCEPT)
        self._ripen = redis.register_script(_RIPEN)
        self._after = "0"  # first what was taken before and not finished, then ">": what is new

    async def open(self) -> None:
        """Make the group where there is none, and take again from what was taken and not finished."""
        self._after = "0"
        try:
            await self._redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def accept(self, updates: Sequence[Mapping[str, Any]], in_order: bool) -> int:
        """Keep those that are new; returns how many were.

        :param in_order: they came in the order of their numbers and nothing is missing between them.
        """
        new = 0
        for update in sorted(updates, key=lambda one: int(one["update_id"])):
            sealed = self._sealer.seal(json.dumps(update), _BOUND)  # half surrogates stay escaped
            arguments: list[str | int] = [
                str(int(update["update_id"])),
                sealed,
                self._tuning.seen_seconds,
                int(in_order),
            ]
            new += int(await self._accept(keys=_KEYS, args=arguments))
        return new

    async def ripen(self) -> int:
        """Let those pass that have waited long enough for missing ones; returns how many still wait."""
        return int(await self._ripen(keys=_KEYS, args=[int(self._tuning.hold_seconds * 1000)]))

    async def take(self, count: int) -> tuple[Entry, ...]:
        """The next updates, at most ``count``; after half a second none."""
        block = None if self._after != ">" else _BLOCK_MS
        streams: dict[Any, Any] = {STREAM: self._after}
        found: Any = await self._redis.xreadgroup(GROUP, CONSUMER, streams, count=count, block=block)
        rows = found[0][1] if found else []
        if self._after != ">":
            self._after = rows[-1][0] if rows else ">"
        return tuple(self._entry(key, fields) for key, fields in rows if fields)

    def _entry(self, key: str, fields: Mapping[str, str]) -> Entry:
        try:
            update = json.loads(self._sealer.open(fields["update"], _BOUND))
        except KeyMissing as error:
            log.error("update %s is lost: %s", fields["id"], error)
            update = {}
        return Entry(key, fields["id"], update)

    async def keep(self, id_: str, bubbles: Sequence[Bubble]) -> None:
        """Write down what is to be sent for an update, before the first of it is."""
        text = json.dumps([bubble.json() for bubble in bubbles], ensure_ascii=False)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(f"tg:out:{id_}", mapping={"bubbles": text, "sent": 0})
            pipe.expire(f"tg:out:{id_}", self._tuning.reply_seconds)
            await pipe.execute()

    async def reply(self, id_: str) -> Reply | None:
        """What was written down for it."""
        kept = await self._redis.hgetall(f"tg:out:{id_}")
        if "bubbles" not in kept:
            return None
        return Reply(tuple(Bubble.load(one) for one in json.loads(kept["bubbles"])), int(kept["sent"]))

    async def sent(self, id_: str, count: int) -> None:
        """So many of its bubbles have arrived."""
        await self._redis.hset(f"tg:out:{id_}", "sent", str(count))

    async def done(self, entry: Entry) -> None:
        """Forget an update; its number stays known."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.xack(STREAM, GROUP, entry.key)
            pipe.xdel(STREAM, entry.key)
            pipe.delete(f"tg:out:{entry.id}")
            await pipe.execute()
