"""Lets one message of a conversation through at a time, in order, and only so many altogether."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

MEASURED_FROM = 8  # so many inside keep everything behind the door busy: then the gaps tell how fast it is
REFUSED_FROM = 16  # fewer are always let in, however slow it seems
LONGEST_GAP = 1.0  # one long stop is not how fast it is
SHARE = 0.1  # of the newest gap in the average


class Full(Exception):
    """Too many messages are already inside or waiting."""


class Turnstile:
    """Order for each conversation and a bound for all of them.

    Rasa keeps the order too, but a message that waits there polls once a second.

    :param room: messages inside and waiting, of all conversations together.
    :param line: messages inside and waiting of one conversation.
    :param abreast: messages worked on at the same time; the others wait in the order they came. All at once they would
        take each other's time: the last of many would hear after twice the time that it takes to answer all.
    :param patience: seconds that a newcomer may have to wait, by how fast messages have been leaving; a machine half as
        fast has half the room.
    """

    def __init__(
        self,
        room: int,
        line: int,
        patience: float = 4.0,
        abreast: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room = room
        self._line = line
        self._patience = patience
        self._clock = clock
        self._gap = patience / room  # seconds from one leaving to the next
        self._left_at: float | None = None
        self._inside = 0
        self._abreast = asyncio.Semaphore(abreast or room)
        self._lines: dict[str, tuple[asyncio.Lock, int]] = {}

    @property
    def inside(self) -> int:
        """Messages being handled or waiting."""
        return self._inside

    def full(self, conversation: str) -> bool:
        """Whether a message of this conversation would be turned away now."""
        _, waiting = self._lines.get(conversation, (None, 0))
        slow = self._inside >= REFUSED_FROM and self._inside * self._gap > self._patience
        return waiting >= self._line or slow or self._inside >= self._room

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Wait for this conversation's turn.

        :raises Full: at once, when there is no room to wait.
        """
        if self.full(conversation):
            raise Full
        lock, waiting = self._lines.get(conversation, (asyncio.Lock(), 0))
        self._lines[conversation] = (lock, waiting + 1)
        self._inside += 1
        try:
            async with lock, self._abreast:
                yield
        finally:
            self._measure()
            self._inside -= 1
            waiting = self._lines[conversation][1] - 1
            if waiting:
                self._lines[conversation] = (lock, waiting)
            else:
                del self._lines[conversation]

    def _measure(self) -> None:
        if self._inside < MEASURED_FROM:
            self._left_at = None
            return
        now = self._clock()
        if self._left_at is not None:
            self._gap += SHARE * (min(now - self._left_at, LONGEST_GAP) - self._gap)
        self._left_at = now
