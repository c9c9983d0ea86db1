"""Where conversations stand: in Redis when ``REDIS_URL`` is set, else in this process's memory."""

from __future__ import annotations

import os
from typing import Any

import redis
from rasa.core.tracker_store import InMemoryTrackerStore, RedisTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa.environment import number
from bot.rasa.slimming import slim

SOCKET_SECONDS = 2.0  # Rasa talks to Redis inside its event loop: while one call hangs, everybody waits
DAY_HALF = 43200.0


def connection(url: str) -> redis.Redis[str]:
    """A client that gives up soon. ``url`` holds a password: never log it."""
    return redis.Redis.from_url(
        url, decode_responses=True, socket_timeout=SOCKET_SECONDS, socket_connect_timeout=SOCKET_SECONDS
    )


class RedisConversations(RedisTrackerStore):
    """Rasa's own store with time limits on the connection and on what it keeps.

    Rasa's reads back what it is about to replace and merges the two event by event, in time that grows with the square
    of the conversation: at thirty turns a message took seconds. Here a conversation has one writer at a time, by
    :mod:`bot.rasa.locks`, and what it writes holds all that it read.
    """

    def __init__(self, domain: Domain, url: str, seconds: float, **kwargs: Any) -> None:
        super().__init__(domain, record_exp=int(seconds), key_prefix="rasa", **kwargs)
        self.red = connection(url)

    async def save(self, tracker: DialogueStateTracker, timeout: float | None = None) -> None:
        """Replace what is kept; it expires so many seconds after the last message."""
        await self.stream_events(tracker)
        for event in tracker.events:
            slim(event)
        seconds = timeout or self.record_exp
        self.red.set(self.key_prefix + tracker.sender_id, self.serialise_tracker(tracker), ex=seconds)


class ConversationStore(TrackerStore):
    """Named in ``endpoints.yml``; gives the store that the environment asks for."""

    def __new__(cls, domain: Domain, host: str | None = None, **kwargs: Any) -> TrackerStore:  # type: ignore[misc]
        url = os.environ.get("REDIS_URL", "")
        if not url:
            return InMemoryTrackerStore(domain, **kwargs)
        return RedisConversations(domain, url, number(os.environ, "CONVERSATION_SECONDS", DAY_HALF), **kwargs)
