"""What is known of chats, in Redis: which conversation, who wants no messages, which buttons can still be pressed."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from bot.channels.channel import Button

# A press counts once, and for the same update again: a process that died after it counted must still answer it.
_PRESS = """
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept then return false end
local button = cjson.decode(kept)
if button.used and button.used ~= ARGV[2] then return false end
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local other = cjson.decode(all[i + 1])
  if all[i] == ARGV[1] or (button.group ~= '' and other.group == button.group) then
    other.used = ARGV[2]
    redis.call('HSET', KEYS[1], all[i], cjson.encode(other))
  end
end
return button.message
"""


class Chats:
    """See the module. The keys hold the chat's hidden name, never its number.

    :param prefix: of the channel's keys.
    :param talk_seconds: how long one conversation lasts; a longer one would slow the dialogue down.
    :param button_seconds: how long a button can be pressed.
    :raises RedisError: from every method when Redis doesn't answer.
    """

    def __init__(self, redis: Redis, prefix: str, talk_seconds: int, button_seconds: int) -> None:
        self._redis = redis
        self._prefix = prefix
        self._blocked, self._stopped = f"{prefix}:blocked", f"{prefix}:stopped"
        self._talk_seconds = talk_seconds
        self._button_seconds = button_seconds
        self._press = redis.register_script(_PRESS)

    async def conversation(self, user: str) -> int:
        """The number of the conversation that goes on, or of one that begins now."""
        key, now = f"{self._prefix}:talk:{user}", int(time.time() * 1000)
        kept = await self._redis.set(key, now, nx=True, get=True, ex=self._talk_seconds)
        return int(kept) if kept else now

    async def begin(self, user: str) -> None:
        """What was said before no longer counts."""
        await self._redis.delete(f"{self._prefix}:talk:{user}")

    async def stop(self, user: str) -> None:
        """The resident wants no messages that answer nothing."""
        await self._redis.sadd(self._stopped, user)

    async def block(self, user: str) -> None:
        """Telegram lets nothing through to this chat."""
        await self._redis.sadd(self._blocked, user)

    async def wrote(self, user: str) -> None:
        """The resident is there: neither blocked nor stopped any more."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.srem(self._blocked, user)
            pipe.srem(self._stopped, user)
            await pipe.execute()

    async def silent(self, user: str) -> bool:
        """Whether nothing may be sent unasked."""
        return bool(
            await self._redis.sismember(self._stopped, user)
            or await self._redis.sismember(self._blocked, user)
        )

    async def offer(self, buttons: Sequence[Button]) -> tuple[str, ...]:
        """Keep buttons until they are pressed; returns the data of each, at most 64 bytes, empty for links."""
        name = secrets.token_urlsafe(12)
        kept: dict[Any, Any] = {
            str(place): json.dumps({"message": button.message, "group": button.group}, ensure_ascii=False)
            for place, button in enumerate(buttons)
            if not button.url
        }
        if kept:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hset(f"{self._prefix}:buttons:{name}", mapping=kept)
                pipe.expire(f"{self._prefix}:buttons:{name}", self._button_seconds)
                await pipe.execute()
        return tuple(f"{name}.{place}" if str(place) in kept else "" for place in range(len(buttons)))

    async def press(self, data: str, update: str) -> str | None:
        """What a button says, once; None when it has been pressed before or is too old."""
        name, _, place = data.partition(".")
        said = await self._press(keys=[f"{self._prefix}:buttons:{name}"], args=[place, update])
        return str(said) if said else None

    async def left(self, data: Sequence[str]) -> frozenset[str]:
        """Those of the buttons that can still be pressed."""
        found = set()
        for one in data:
            name, _, place = one.partition(".")
            kept = await self._redis.hget(f"{self._prefix}:buttons:{name}", place)
            if kept and "used" not in json.loads(kept):
                found.add(one)
        return frozenset(found)
