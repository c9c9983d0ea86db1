"""One message of a conversation at a time, also when several Rasa processes share a Redis.

Rasa's own Redis lock reads, changes and writes back: two processes then hand out the same ticket number. Here
Redis counts the tickets, and each step is one script that it runs by itself:

* ``…:next``   counter; ``INCR`` gives the ticket's number
* ``…:queue``  sorted set, number → ``number:expiry``; the first unexpired one is served
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import redis
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError, LockStore
from rasa.utils.endpoints import EndpointConfig

from bot.rasa.stores import connection

log = logging.getLogger(__name__)

POLL_SECONDS = 0.05
_FIRST = """
local function first(queue)
  local now = redis.call('TIME')
  now = now[1] + now[2] / 1000000
  while true do
    local one = redis.call('ZRANGE', queue, 0, 0)[1]
    if not one then return 0 end
    local number, expiry = string.match(one, '^(%d+):(.+)$')
    if tonumber(expiry) > now then return tonumber(number) end
    redis.call('ZREM', queue, one)
  end
end
"""
_ISSUE = (
    _FIRST
    + """
local number = redis.call('INCR', KEYS[1])
local now = redis.call('TIME')
local expiry = (now[1] + now[2] / 1000000) + ARGV[1]
redis.call('ZADD', KEYS[2], number, number .. ':' .. expiry)
local keep = math.ceil(ARGV[1]) + 60
redis.call('EXPIRE', KEYS[1], keep)
redis.call('EXPIRE', KEYS[2], keep)
return {number, first(KEYS[2])}
"""
)
_SERVED = f"{_FIRST}\nreturn first(KEYS[1])"


class RedisLocks(LockStore):
    """Ticket locks whose every step is atomic."""

    def __init__(self, client: redis.Redis[str]) -> None:
        self._client = client
        self._issue = client.register_script(_ISSUE)
        self._served = client.register_script(_SERVED)

    @staticmethod
    def _keys(conversation_id: str) -> tuple[str, str]:
        return f"rasa:lock:{conversation_id}:next", f"rasa:lock:{conversation_id}:queue"

    def issue_ticket(self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME) -> int:
        """The next number.

        :raises LockError: when Redis doesn't answer.
        """
        return self._enter(conversation_id, lock_lifetime)[0]

    def _enter(self, conversation_id: str, lock_lifetime: float) -> tuple[int, int]:
        """The next number, and the one whose turn it is: nearly always the same, so one call is enough."""
        try:
            number, current = self._issue(keys=self._keys(conversation_id), args=[lock_lifetime])
            return int(number), int(current)
        except redis.RedisError as error:
            raise LockError(f"no lock for the conversation: {type(error).__name__}") from error

    def served(self, conversation_id: str) -> int:
        """The number whose turn it is; 0 when nobody waits."""
        try:
            return int(self._served(keys=self._keys(conversation_id)[1:]))
        except redis.RedisError as error:
            raise LockError(f"no lock for the conversation: {type(error).__name__}") from error

    def finish_serving(self, conversation_id: str, ticket_number: int) -> None:
        """Let the next one in; an unreachable Redis leaves it to the ticket's expiry."""
        try:
            queue = self._keys(conversation_id)[1]
            self._client.zremrangebyscore(queue, ticket_number, ticket_number)
        except redis.RedisError as error:
            log.warning("a conversation's lock was not given back: %s", type(error).__name__)

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = POLL_SECONDS,
    ) -> AsyncGenerator[TicketLock, None]:
        """Wait for this conversation's turn.

        :raises LockError: when Redis doesn't answer, or the ticket expired while waiting.
        """
        # In threads: a frozen Redis must not hold up the conversations of other messages.
        number, current = await asyncio.to_thread(self._enter, conversation_id, lock_lifetime)
        try:
            while current != number:
                if not 0 < current < number:
                    raise LockError("the wait for the conversation's earlier messages took too long")
                await asyncio.sleep(POLL_SECONDS)
                current = await asyncio.to_thread(self.served, conversation_id)
            yield TicketLock(conversation_id)
        finally:
            await asyncio.to_thread(self.finish_serving, conversation_id, number)


class ConversationLocks(LockStore):
    """Named in ``endpoints.yml``; gives the locks that the environment asks for."""

    def __new__(cls, endpoint_config: EndpointConfig | None = None) -> LockStore:  # type: ignore[misc]
        url = os.environ.get("REDIS_URL", "")
        return RedisLocks(connection(url)) if url else InMemoryLockStore()
