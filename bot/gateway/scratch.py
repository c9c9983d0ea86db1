"""What the gateway remembers for minutes: message counts and the last questions of a conversation.

Kept in Redis so that every gateway process counts alike; while Redis is away each process keeps its own,
and ``/readyz`` says so. Nothing here must survive: tickets and consent live in the ledger.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

MAX_TURNS = 6
MAX_KEYS = 20_000
MAX_TEXTS = 2_000


@dataclass(frozen=True)
class Window:
    """At most ``limit`` events with this key in any ``seconds``."""

    key: str
    limit: int
    seconds: int


class Scratch(Protocol):
    """Short memory; the Redis and the in-process one pass the same tests."""

    async def admit(self, windows: Sequence[Window]) -> float:
        """0 when the event fits into every window (and is then counted in each), else seconds to wait."""
        ...

    async def remember(self, conversation: str, turn: str, most: int = MAX_TURNS) -> None:
        """Append one turn; only the last ``most`` stay."""
        ...

    async def recall(self, conversation: str) -> tuple[str, ...]:
        """The remembered turns, oldest first."""
        ...

    async def forget(self, conversation: str) -> None:
        """Drop them."""
        ...

    async def erase(self, conversations: Sequence[str]) -> None:
        """Drop all there is of these conversations: turns, kept replies, and what Rasa remembers."""
        ...

    async def keep(self, key: str, value: str, seconds: int) -> None:
        """Remember a text for a while; the same key again replaces it."""
        ...

    async def kept(self, key: str) -> str | None:
        """That text, or None when there is none any more."""
        ...


class MemoryScratch:
    """In this process only, bounded, oldest keys dropped first.

    :param turn_seconds: how long an untouched conversation is remembered.
    """

    def __init__(self, turn_seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._turn_seconds = turn_seconds
        self._clock = clock
        self._events: OrderedDict[str, deque[float]] = OrderedDict()
        self._turns: OrderedDict[str, tuple[float, deque[str]]] = OrderedDict()
        self._texts: OrderedDict[str, tuple[float, str]] = OrderedDict()

    async def admit(self, windows: Sequence[Window]) -> float:
        """See :class:`Scratch`."""
        now = self._clock()
        wait = 0.0
        for window in windows:
            events = self._events.setdefault(window.key, deque())
            self._events.move_to_end(window.key)
            while events and events[0] <= now - window.seconds:
                events.popleft()
            if len(events) >= window.limit:
                wait = max(wait, events[-window.limit] + window.seconds - now)
        if wait == 0:
            for window in windows:
                self._events[window.key].append(now)
        while len(self._events) > MAX_KEYS:
            self._events.popitem(last=False)
        return wait

    async def remember(self, conversation: str, turn: str, most: int = MAX_TURNS) -> None:
        """See :class:`Scratch`."""
        _, turns = self._turns.pop(conversation, (0.0, deque(maxlen=most)))
        turns.append(turn)
        self._turns[conversation] = (self._clock(), turns)
        while len(self._turns) > MAX_KEYS:
            self._turns.popitem(last=False)

    async def recall(self, conversation: str) -> tuple[str, ...]:
        """See :class:`Scratch`."""
        touched, turns = self._turns.get(conversation, (0.0, deque()))
        return tuple(turns) if self._clock() - touched < self._turn_seconds else ()

    def take_out(self, conversation: str) -> tuple[tuple[str, ...], int]:
        """The turns of a conversation, which are forgotten here, and how many of them were to be remembered."""
        touched, turns = self._turns.pop(conversation, (0.0, deque[str](maxlen=MAX_TURNS)))
        fresh = self._clock() - touched < self._turn_seconds
        return tuple(turns) if fresh else (), turns.maxlen or MAX_TURNS

    async def forget(self, conversation: str) -> None:
        """See :class:`Scratch`."""
        self._turns.pop(conversation, None)

    async def erase(self, conversations: Sequence[str]) -> None:
        """See :class:`Scratch`."""
        for conversation in conversations:
            self._turns.pop(conversation, None)
        starts = tuple(f"{conversation}:" for conversation in conversations)
        for key in [key for key in self._texts if key.startswith(starts)]:
            del self._texts[key]

    async def keep(self, key: str, value: str, seconds: int) -> None:
        """See :class:`Scratch`."""
        self._texts[key] = (self._clock() + seconds, value)
        self._texts.move_to_end(key)
        while len(self._texts) > MAX_TEXTS:
            self._texts.popitem(last=False)

    async def kept(self, key: str) -> str | None:
        """See :class:`Scratch`."""
        end, value = self._texts.get(key, (0.0, ""))
        return value if self._clock() < end else None
