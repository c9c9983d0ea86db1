"""Sends the ledger's news to their chats: asks the service what is due, and says what has arrived."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Protocol

import httpx2
from redis.exceptions import RedisError

from bot.channels.address import Addresses
from bot.channels.channel import Bubble, Channel
from bot.channels.chats import Chats
from bot.channels.errors import AddressUnknown
from bot.channels.pace import Pace
from bot.gateway.wire import Calls, Servers

log = logging.getLogger(__name__)
_SECONDS = 10.0
_MOST_AT_ONCE = 8
_SOON_SECONDS = 0.1


class Push(Protocol):
    """How a channel sends what nobody has just asked for."""

    async def push(self, letter: int, chat: str, user: str, bubbles: tuple[Bubble, ...]) -> bool:
        """Whether the letter need not be given out again: it has arrived, or nothing reaches this chat."""
        ...


class News:
    """One round every few seconds. The service keeps each reader's order: it gives out one message at a time.

    :param servers: of the service, with its token.
    """

    def __init__(
        self,
        servers: Servers,
        token: str,
        channel: Channel[Mapping[str, Any]],
        chats: Chats,
        push: Push,
        addresses: Addresses,
        pace: Pace,
    ) -> None:
        self._http = Calls(servers, {"Authorization": f"Bearer {token}"}, timeout=_SECONDS)
        self._channel = channel
        self._chats = chats
        self._push = push
        self._addresses = addresses
        self._pace = pace
        self._seats = asyncio.Semaphore(_MOST_AT_ONCE)

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                given = 0
                try:
                    given = await self.once()
                except (httpx2.HTTPError, RedisError, OSError, ValueError, KeyError) as error:
                    log.warning("no news: %s", type(error).__name__)
                # A reader's next message is given out when the one before it has arrived: an operator's words in a
                # conversation shall not come one by one in every round.
                await asyncio.sleep(_SOON_SECONDS if given else self._pace.news_seconds)
        finally:
            await self._http.aclose()

    async def once(self) -> int:
        """Send what is due; returns how many letters were given out.

        :raises httpx2.HTTPError: when the service does not answer.
        """
        response = await self._http.post(f"/outbox/{self._channel.name}/due")
        letters = response.raise_for_status().json()["letters"]
        await asyncio.gather(*(self._deliver(letter) for letter in letters))
        return len(letters)

    async def arrived(self, letter: int) -> None:
        """Have the service give it out no more.

        :raises httpx2.HTTPError: when the service does not answer.
        """
        answered = await self._http.post(f"/outbox/{self._channel.name}/arrived", json={"id": letter})
        answered.raise_for_status()

    async def _deliver(self, letter: Mapping[str, Any]) -> None:
        async with self._seats:
            if await self._finished(letter):
                await self.arrived(letter["id"])

    async def _finished(self, letter: Mapping[str, Any]) -> bool:
        try:
            chat = self._addresses.show(letter["session"])
        except AddressUnknown as error:
            log.error("message %s has no chat: %s", letter["id"], error)
            return True
        user = self._addresses.hide(chat)
        if await self._chats.silent(user):
            return True
        reply = {**letter["body"], "survey": letter["kind"] == "survey"}
        return await self._push.push(letter["id"], chat, user, self._channel.render({"replies": [reply]}))
