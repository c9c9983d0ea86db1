"""Sends over the Bot API until it has arrived, waiting as long as Telegram says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.channel import Bubble
from bot.channels.telegram.tuning import Tuning

log = logging.getLogger(__name__)
_ROW_CHARS = 16  # more do not fit beside each other on a telephone


class ChatClosed(Exception):
    """Nothing reaches this chat: the bot was blocked, or the chat is gone."""


class Post:
    """One bot's sending side.

    :param bot: initialised.
    """

    def __init__(self, bot: Bot, tuning: Tuning) -> None:
        self._bot = bot
        self._tuning = tuning

    async def send(self, chat: str, bubble: Bubble, data: Sequence[str], answers: int = 0) -> None:
        """Send one bubble; returns when Telegram has taken it.

        :param data: what each of its buttons gives back when pressed.
        :param answers: the message it replies to, shown as such; 0: none.
        :raises ChatClosed: when nothing reaches this chat.
        """
        markup = keyboard(bubble, data)
        quoted = ReplyParameters(answers, allow_sending_without_reply=True) if answers else None
        preview = LinkPreviewOptions(is_disabled=True)

        async def attempt(to: str) -> None:
            await self._bot.send_message(
                to, bubble.text, reply_markup=markup, reply_parameters=quoted, link_preview_options=preview
            )

        await self._until_taken(chat, attempt)

    async def typing(self, chat: str) -> None:
        """Show that an answer is being made; whether that arrives matters to nobody."""
        await self._once(lambda: self._bot.send_chat_action(chat, ChatAction.TYPING))

    async def confirm(self, query: str, text: str = "") -> None:
        """End the waiting sign on a pressed button, with a short sentence if there is one."""
        await self._once(lambda: self._bot.answer_callback_query(query, text or None))

    async def redraw(self, chat: str, message: int, rows: Sequence[Sequence[Mapping[str, Any]]]) -> None:
        """Show these buttons, as Telegram described them, under a message; none: take them away."""
        made = [[InlineKeyboardButton(**button) for button in row] for row in rows]
        markup = InlineKeyboardMarkup(made) if made else None
        await self._once(lambda: self._bot.edit_message_reply_markup(chat, message, reply_markup=markup))

    async def _once(self, call: Callable[[], Awaitable[object]]) -> None:
        try:
            await call()
        except TelegramError as error:
            log.info("a courtesy did not arrive: %s", type(error).__name__)

    async def _until_taken(self, chat: str, attempt: Callable[[str], Awaitable[None]]) -> None:
        tries = 0
        while True:
            tries += 1
            try:
                return await attempt(chat)
            except RetryAfter as error:
                # PTB_TIMEDELTA decides which of the two it is.
                wait = error.retry_after
                await asyncio.sleep(wait.total_seconds() if isinstance(wait, timedelta) else wait)
            except ChatMigrated as error:
                chat = str(error.new_chat_id)
            except Forbidden:
                raise ChatClosed from None
            except BadRequest as error:
                # Nothing makes this message acceptable another time.
                log.error("telegram refuses a message: %s", error.message)
                raise ChatClosed from None
            except NetworkError as error:
                log.warning("telegram is not reachable: %s, attempt %d", type(error).__name__, tries)
                await asyncio.sleep(self._tuning.wait(tries))
            except TelegramError as error:
                log.error("telegram refuses the bot: %s; is TELEGRAM_TOKEN right?", type(error).__name__)
                await asyncio.sleep(self._tuning.last_wait)


def keyboard(bubble: Bubble, data: Sequence[str]) -> InlineKeyboardMarkup | None:
    """The buttons under a bubble: links and words in rows of their own, short words two in a row."""
    if not bubble.buttons:
        return None
    rows: list[list[InlineKeyboardButton]] = []
    for button, given in zip(bubble.buttons, data, strict=True):
        if button.url:
            made = InlineKeyboardButton(button.title, url=button.url)
        else:
            made = InlineKeyboardButton(button.title, callback_data=given)
        if rows and len(rows[-1]) == 1 and len(rows[-1][0].text) + len(button.title) <= _ROW_CHARS:
            rows[-1].append(made)
        else:
            rows.append([made])
    return InlineKeyboardMarkup(rows)
