"""Sends the ledger's news to their chats: asks the service what is due, and says what has arrived."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import httpx2
from redis.exceptions import RedisError

from bot.channels.address import Addresses
from bot.channels.channel import Channel
from bot.channels.errors import AddressUnknown
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.post import ChatClosed, Post
from bot.channels.telegram.tuning import Tuning

log = logging.getLogger(__name__)
_SECONDS = 10.0
_MOST_AT_ONCE = 8


class News:
    """One round every few seconds. The service keeps each reader's order: it gives out one message at a time.

    :param base_url: the service's, with its token.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        channel: Channel[Mapping[str, Any]],
        chats: Chats,
        post: Post,
        addresses: Addresses,
        tuning: Tuning,
    ) -> None:
        self._http = httpx2.AsyncClient(
            base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=_SECONDS, trust_env=False
        )
        self._channel = channel
        self._chats = chats
        self._post = post
        self._addresses = addresses
        self._tuning = tuning
        self._seats = asyncio.Semaphore(_MOST_AT_ONCE)

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                try:
                    await self.once()
                except (httpx2.HTTPError, RedisError, OSError, ValueError, KeyError) as error:
                    log.warning("no news: %s", type(error).__name__)
                await asyncio.sleep(self._tuning.news_seconds)
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

    async def _deliver(self, letter: Mapping[str, Any]) -> None:
        async with self._seats:
            try:
                chat = self._addresses.show(letter["session"])
            except AddressUnknown as error:
                log.error("message %s has no chat: %s", letter["id"], error)
            else:
                await self._send(letter, chat)
        answered = await self._http.post(f"/outbox/{self._channel.name}/arrived", json={"id": letter["id"]})
        answered.raise_for_status()

    async def _send(self, letter: Mapping[str, Any], chat: str) -> None:
        user = self._addresses.hide(chat)
        if await self._chats.silent(user):
            return
        reply = {**letter["body"], "survey": letter["kind"] == "survey"}
        for bubble in self._channel.render({"replies": [reply]}):
            try:
                await self._post.send(chat, bubble, await self._chats.offer(bubble.buttons))
            except ChatClosed:
                await self._chats.block(user)
                return
