"""Lets one message of a conversation through at a time, in order, and only so many altogether."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Full(Exception):
    """Too many messages are already inside or waiting."""


class Turnstile:
    """Order for each conversation and a bound for all of them.

    Rasa keeps the order too, but a message that waits there polls once a second.

    :param room: messages inside and waiting, of all conversations together.
    :param line: messages inside and waiting of one conversation.
    """

    def __init__(self, room: int, line: int) -> None:
        self._room = room
        self._line = line
        self._inside = 0
        self._lines: dict[str, tuple[asyncio.Lock, int]] = {}

    @property
    def inside(self) -> int:
        """Messages being handled or waiting."""
        return self._inside

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Wait for this conversation's turn.

        :raises Full: at once, when there is no room to wait.
        """
        lock, waiting = self._lines.get(conversation, (asyncio.Lock(), 0))
        if self._inside >= self._room or waiting >= self._line:
            raise Full
        self._lines[conversation] = (lock, waiting + 1)
        self._inside += 1
        try:
            async with lock:
                yield
        finally:
            self._inside -= 1
            waiting = self._lines[conversation][1] - 1
            if waiting:
                self._lines[conversation] = (lock, waiting)
            else:
                del self._lines[conversation]
