"""Telegram's spool: besides once-only, pushed updates that overtook each other are put in order.

await spool.accept([update], in_order=True)    # only after this may Telegram forget it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Redis

from actions.tickets.sealing import Sealer
from bot.channels.spool import Spool
from bot.channels.telegram.tuning import Tuning

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
_KEYS = ["tg:in", "tg:held", "tg:held:updates", "tg:next", "tg:held:since"]


class OrderedSpool(Spool):
    """See the module."""

    def __init__(self, redis: Redis, sealer: Sealer, tuning: Tuning) -> None:
        super().__init__(redis, sealer, tuning, "telegram", "tg")
        self._tuning = tuning
        self._accept = redis.register_script(_ACCEPT)
        self._ripen = redis.register_script(_RIPEN)

    async def accept(self, updates: Sequence[Mapping[str, Any]], in_order: bool) -> int:
        """Keep those that are new; returns how many were.

        :param in_order: they came in the order of their numbers and nothing is missing between them.
        """
        new = 0
        for update in sorted(updates, key=lambda one: int(one["update_id"])):
            arguments: list[str | int] = [
                str(int(update["update_id"])),
                self.seal(update),
                self._tuning.seen_seconds,
                int(in_order),
            ]
            new += int(await self._accept(keys=_KEYS, args=arguments))
        return new

    async def ripen(self) -> int:
        """Let those pass that have waited long enough for missing ones; returns how many still wait."""
        return int(await self._ripen(keys=_KEYS, args=[int(self._tuning.hold_seconds * 1000)]))
