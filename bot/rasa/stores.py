"""Where conversations stand: in Redis when ``REDIS_URL`` is set, else in this process's memory."""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import redis
from rasa.core.tracker_store import InMemoryTrackerStore, RedisTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa.environment import number
from bot.rasa.slimming import slim

SOCKET_SECONDS = 2.0  # Rasa talks to Redis inside its event loop: while one call hangs, everybody waits
DAY_HALF = 43200.0
AT_HAND = 256  # conversations, in memory only


def connection(url: str) -> redis.Redis[str]:
    """A client that gives up soon. ``url`` holds a password: never log it."""
    return redis.Redis.from_url(
        url, decode_responses=True, socket_timeout=SOCKET_SECONDS, socket_connect_timeout=SOCKET_SECONDS
    )


@dataclass(frozen=True)
class _Saved:
    """A conversation and what stands in Redis of it; ``events``: so many it had then."""

    tracker: DialogueStateTracker
    text: str
    events: int


class RedisConversations(RedisTrackerStore):
    """Rasa's own store with time limits on the connection and on what it keeps.

    Rasa's reads back what it is about to replace and merges the two event by event, in time that grows with the square
    of the conversation: at thirty turns a message took seconds. Here a conversation has one writer at a time, by
    :mod:`bot.rasa.locks`, and what it writes holds all that it read.

    A conversation that goes on here is not made anew from its text: it is at hand, if Redis still holds what was written.
    """

    def __init__(self, domain: Domain, url: str, seconds: float, **kwargs: Any) -> None:
        super().__init__(domain, record_exp=int(seconds), key_prefix="rasa", **kwargs)
        self.red = connection(url)
        self._at_hand: OrderedDict[str, _Saved] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker, timeout: float | None = None) -> None:
        """Replace what is kept; it expires so many seconds after the last message."""
        await self.stream_events(tracker)
        for event in tracker.events:
            slim(event)
        seconds, text = timeout or self.record_exp, self.serialise_tracker(tracker)
        self.red.set(self.key_prefix + tracker.sender_id, text, ex=seconds)
        self._at_hand[tracker.sender_id] = _Saved(tracker, text, len(tracker.events))
        self._at_hand.move_to_end(tracker.sender_id)
        if len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)

    def deserialise_tracker(
        self, sender_id: str, serialised_tracker: str | bytes
    ) -> DialogueStateTracker | None:
        """The conversation whose text this is. Given out, it is no longer at hand: who has it may change it."""
        saved = self._at_hand.pop(sender_id, None)
        # One that went on after it was saved, and then was not saved again, has more events than its text.
        if saved and saved.text == serialised_tracker and saved.events == len(saved.tracker.events):
            return saved.tracker
        return super().deserialise_tracker(sender_id, serialised_tracker)


class ConversationStore(TrackerStore):
    """Named in ``endpoints.yml``; gives the store that the environment asks for."""

    def __new__(cls, domain: Domain, host: str | None = None, **kwargs: Any) -> TrackerStore:  # type: ignore[misc]
        url = os.environ.get("REDIS_URL", "")
        if not url:
            return InMemoryTrackerStore(domain, **kwargs)
        return RedisConversations(domain, url, number(os.environ, "CONVERSATION_SECONDS", DAY_HALF), **kwargs)
