"""Fetches updates. Asking for the next ones tells Telegram to forget these, so they are in the spool by then."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from redis.exceptions import RedisError
from telegram import Bot
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.channels.telegram.spool import OrderedSpool
from bot.channels.telegram.tuning import Tuning
from bot.channels.telegram.updates import ALLOWED

log = logging.getLogger(__name__)


class Poller:
    """Long polling for one bot. Two processes that poll the same bot are told so by Telegram (409)."""

    def __init__(self, bot: Bot, spool: OrderedSpool, tuning: Tuning) -> None:
        self._bot = bot
        self._spool = spool
        self._tuning = tuning
        self._next: int | None = None
        self._failed = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.once()
                self._failed = 0
            except RetryAfter as error:
                wait = error.retry_after
                await asyncio.sleep(wait.total_seconds() if isinstance(wait, timedelta) else wait)
            except (TelegramError, RedisError, OSError) as error:
                self._failed += 1
                hint = "; does another process poll this bot?" if isinstance(error, Conflict) else ""
                log.warning("no updates: %s, attempt %d%s", type(error).__name__, self._failed, hint)
                await asyncio.sleep(self._tuning.wait(self._failed))

    async def once(self) -> int:
        """One call; returns how many new updates came.

        :raises TelegramError: when there was no answer.
        :raises RedisError: when they could not be kept; Telegram will give them again.
        """
        found = await self._bot.get_updates(
            offset=self._next, timeout=self._tuning.poll_seconds, allowed_updates=ALLOWED
        )
        new = await self._spool.accept([update.to_dict() for update in found], in_order=True)
        if found:
            self._next = max(update.update_id for update in found) + 1
        return new
