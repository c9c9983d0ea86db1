"""Sends what nobody has just asked for: news of tickets, and what had to wait."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import httpx2

from bot.channels.channel import Bubble
from bot.channels.chats import Chats
from bot.channels.wechat.choices import Choices
from bot.channels.wechat.errors import NotNow, ReaderGone
from bot.channels.wechat.later import Later
from bot.channels.wechat.post import Post
from bot.channels.wechat.render import WeChatChannel

log = logging.getLogger(__name__)


class WeChatPush:
    """See :class:`bot.channels.news.Push`."""

    def __init__(
        self, channel: WeChatChannel, chats: Chats, choices: Choices, post: Post, later: Later
    ) -> None:
        self._channel = channel
        self._chats = chats
        self._choices = choices
        self._post = post
        self._later = later
        self.arrived: Callable[[int], Awaitable[None]] | None = None  # how the ledger hears of it

    async def push(self, letter: int, chat: str, user: str, bubbles: tuple[Bubble, ...]) -> bool:
        """Send it; False when its reader has to write first, after which it comes by itself."""
        packed = self._channel.pack(bubbles)
        try:
            for bubble in packed:
                await self._post.send(chat, bubble.text)
        except ReaderGone:
            await self._chats.block(user)
            return True
        except NotNow as error:
            log.error("message %d waits until its reader writes: %s", letter, error)
            await self._later.keep(user, str(letter), [bubble.text for bubble in packed])
            return False
        if packed and packed[-1].buttons:
            await self._choices.offer(user, packed[-1].buttons)
        await self._later.drop(user, str(letter))
        return True

    async def catch_up(self, chat: str, user: str) -> None:
        """Send what waited for this reader, who has just written."""
        for name, texts in await self._later.waiting(user):
            try:
                for text in texts:
                    await self._post.send(chat, text)
            except (NotNow, ReaderGone) as error:
                log.error("message %s still waits: %s", name, error)
                return
            await self._later.drop(user, name)
            if name.isdecimal() and self.arrived is not None:
                try:
                    await self.arrived(int(name))
                except httpx2.HTTPError as error:
                    log.warning("message %s will come again: %s", name, type(error).__name__)
