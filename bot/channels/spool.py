"""Updates between a platform and the desk, in Redis: once each, in order, until their reply is sent.

    await spool.put("7", update)     # only after this may the platform forget it
    for entry in await spool.take(10): …
    await spool.done(entry)

One process reads it, under one consumer name: what it had taken when it died it takes again at its next start.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from actions.tickets.errors import KeyMissing
from actions.tickets.sealing import Sealer
from bot.channels.channel import Bubble
from bot.channels.pace import Pace

log = logging.getLogger(__name__)
GROUP = "desk"
Fate = Literal["new", "known", "done"]
_BLOCK_MS = 500
_PUT = """
local fate = redis.call('SET', KEYS[2], 'known', 'NX', 'GET', 'EX', ARGV[3])
if fate then return fate end
redis.call('XADD', KEYS[1], '*', 'id', ARGV[1], 'update', ARGV[2])
return 'new'
"""


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
    :param channel: binds what is encrypted, and names the consumer.
    :param prefix: of its keys.
    :raises RedisError: from every method when Redis doesn't answer.
    """

    def __init__(self, redis: Redis, sealer: Sealer, pace: Pace, channel: str, prefix: str) -> None:
        self._redis = redis
        self._sealer = sealer
        self._pace = pace
        self.channel = channel
        self._prefix = prefix
        self._stream = f"{prefix}:in"
        self._put = redis.register_script(_PUT)
        self._after = "0"  # first what was taken before and not finished, then ">": what is new

    async def open(self) -> None:
        """Make the group where there is none, and take again from what was taken and not finished."""
        self._after = "0"
        try:
            await self._redis.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def put(self, id_: str, update: Mapping[str, Any]) -> Fate:
        """Keep an update; ``known``: it is being worked on, ``done``: its reply has been sent."""
        keys = [self._stream, f"{self._prefix}:seen:{id_}"]
        fate: Fate = await self._put(keys=keys, args=[id_, self.seal(update), self._pace.seen_seconds])
        return fate

    def seal(self, update: Mapping[str, Any]) -> str:
        """As it lies in Redis."""
        return self._sealer.seal(json.dumps(update), self._bound)  # half surrogates stay escaped

    @property
    def _bound(self) -> str:
        return f"{self.channel}-update"

    async def ripen(self) -> int:
        """Let those pass that have waited long enough; here none is held back."""
        return 0

    async def take(self, count: int) -> tuple[Entry, ...]:
        """The next updates, at most ``count``; after half a second none."""
        block = None if self._after != ">" else _BLOCK_MS
        streams: dict[Any, Any] = {self._stream: self._after}
        found: Any = await self._redis.xreadgroup(GROUP, self.channel, streams, count=count, block=block)
        rows = found[0][1] if found else []
        if self._after != ">":
            self._after = rows[-1][0] if rows else ">"
        return tuple(self._entry(key, fields) for key, fields in rows if fields)

    def _entry(self, key: str, fields: Mapping[str, str]) -> Entry:
        try:
            update = json.loads(self._sealer.open(fields["update"], self._bound))
        except KeyMissing as error:
            log.error("update %s is lost: %s", fields["id"], error)
            update = {}
        return Entry(key, fields["id"], update)

    async def keep(self, id_: str, bubbles: Sequence[Bubble]) -> None:
        """Write down what is to be sent for an update, before the first of it is."""
        text = json.dumps([bubble.json() for bubble in bubbles], ensure_ascii=False)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(self._out(id_), mapping={"bubbles": text, "sent": 0})
            pipe.expire(self._out(id_), self._pace.reply_seconds)
            await pipe.execute()

    async def reply(self, id_: str) -> Reply | None:
        """What was written down for it."""
        kept = await self._redis.hgetall(self._out(id_))
        if "bubbles" not in kept:
            return None
        return Reply(tuple(Bubble.load(one) for one in json.loads(kept["bubbles"])), int(kept["sent"]))

    async def sent(self, id_: str, count: int) -> None:
        """So many of its bubbles have arrived."""
        await self._redis.hset(self._out(id_), "sent", str(count))

    async def done(self, entry: Entry) -> None:
        """Forget an update; its number stays known."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(f"{self._prefix}:seen:{entry.id}", "done", xx=True, keepttl=True)
            pipe.xack(self._stream, GROUP, entry.key)
            pipe.xdel(self._stream, entry.key)
            pipe.delete(self._out(entry.id))
            await pipe.execute()

    def _out(self, id_: str) -> str:
        return f"{self._prefix}:out:{id_}"
