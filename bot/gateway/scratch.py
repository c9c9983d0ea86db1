"""What the gateway remembers for minutes: message counts and the last questions of a conversation.

Kept in Redis so that every gateway process counts alike; while Redis is away each process keeps its own,
and ``/readyz`` says so. Nothing here must survive: tickets and consent live in the ledger.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

MAX_TURNS = 6
MAX_KEYS = 20_000
MAX_TEXTS = 2_000


@dataclass(frozen=True)
class Window:
    """At most ``limit`` events with this key in any ``seconds``."""

    key: str
    limit: int
    seconds: int


@dataclass(frozen=True)
class Turn:
    """One more turn of a conversation; only the last ``most`` of it stay."""

    conversation: str
    text: str
    most: int


@dataclass(frozen=True)
class Text:
    """A text to remember for a while; the same key again replaces it."""

    key: str
    value: str
    seconds: int


@dataclass(frozen=True)
class Notes:
    """What is to be remembered, together: a message leaves several traces, and each call to Redis costs."""

    turns: list[Turn] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def remember(self, conversation: str, text: str, most: int = MAX_TURNS) -> Self:
        """One more turn; see :class:`Turn`."""
        self.turns.append(Turn(conversation, text, most))
        return self

    def keep(self, key: str, value: str, seconds: int) -> Self:
        """One more text; see :class:`Text`."""
        self.texts.append(Text(key, value, seconds))
        return self


class Scratch(Protocol):
    """Short memory; the Redis and the in-process one pass the same tests."""

    async def admit(self, windows: Sequence[Window]) -> float:
        """0 when the event fits into every window (and is then counted in each), else seconds to wait."""
        ...

    async def write(self, notes: Notes) -> None:
        """Remember all of it, in one step."""
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

    async def kept(self, key: str) -> str | None:
        """The text under this key, or None when there is none any more."""
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

    async def write(self, notes: Notes) -> None:
        """See :class:`Scratch`."""
        for turn in notes.turns:
            _, turns = self._turns.pop(turn.conversation, (0.0, deque(maxlen=turn.most)))
            turns.append(turn.text)
            self._turns[turn.conversation] = (self._clock(), turns)
        for text in notes.texts:
            self._texts[text.key] = (self._clock() + text.seconds, text.value)
            self._texts.move_to_end(text.key)
        while len(self._turns) > MAX_KEYS:
            self._turns.popitem(last=False)
        while len(self._texts) > MAX_TEXTS:
            self._texts.popitem(last=False)

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

    async def kept(self, key: str) -> str | None:
        """See :class:`Scratch`."""
        end, value = self._texts.get(key, (0.0, ""))
        return value if self._clock() < end else None
