"""Numbers that stand for what was offered last: the platform has no buttons in a chat."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence

from redis.asyncio import Redis

from bot.channels.channel import Button
from bot.channels.chats import Chats


class Choices:
    """See the module. Each can be chosen once, as :class:`Chats` counts it."""

    def __init__(self, redis: Redis, chats: Chats, seconds: int) -> None:
        self._redis = redis
        self._chats = chats
        self._seconds = seconds

    async def offer(self, user: str, options: Sequence[Button]) -> None:
        """From now on a number means one of these; none: numbers are words again."""
        if not options:
            await self._redis.delete(f"wx:choices:{user}")
            return
        data = json.dumps(await self._chats.offer(options))
        await self._redis.set(f"wx:choices:{user}", data, ex=self._seconds)

    async def chosen(self, user: str, text: str, update: str) -> str | None:
        """The words a number stands for, ``text`` itself when it is none; None when they were said already."""
        number = unicodedata.normalize("NFKC", text).strip(" .、。")
        kept = await self._redis.get(f"wx:choices:{user}") if number.isdecimal() and len(number) < 3 else None
        data = json.loads(kept) if kept else []
        if not kept or not 0 < int(number) <= len(data):
            return text
        return await self._chats.press(data[int(number) - 1], update)
