"""Sends a ticket's news to a chat."""

from __future__ import annotations

from bot.channels.channel import Bubble
from bot.channels.chats import Chats
from bot.channels.telegram.post import ChatClosed, Post


class TelegramPush:
    """See :class:`bot.channels.news.Push`."""

    def __init__(self, chats: Chats, post: Post) -> None:
        self._chats = chats
        self._post = post

    async def push(self, letter: int, chat: str, user: str, bubbles: tuple[Bubble, ...]) -> bool:
        """Send until Telegram has taken it; a chat that is closed counts as reached."""
        for bubble in bubbles:
            try:
                await self._post.send(chat, bubble, await self._chats.offer(bubble.buttons))
            except ChatClosed:
                await self._chats.block(user)
                break
        return True
