"""Works through the spool: chats beside each other, the updates of one chat one after the other."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Protocol

from redis.exceptions import RedisError

from actions.serving.failures import place
from actions.telemetry.correlation import carrying
from bot.channels.pace import Pace
from bot.channels.running import end
from bot.channels.spool import Entry, Spool

log = logging.getLogger(__name__)


class Attends(Protocol):
    """What a channel does with one update."""

    def chat_of(self, entry: Entry) -> str:
        """What is kept in order: the chat, or nothing."""
        ...

    async def attend(self, entry: Entry) -> None:
        """Act on it and send what there is to send.

        :raises RedisError: when Redis is away; it is called again.
        """
        ...


class Lanes:
    """The worker. One chat that has to wait (flood limits, a slow answer) holds up no other."""

    def __init__(self, spool: Spool, attendant: Attends, pace: Pace) -> None:
        self._spool = spool
        self._attendant = attendant
        self._pace = pace
        self._lanes: dict[str, deque[Entry]] = {}
        self._inside: set[str] = set()
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; what is unfinished then stays in the spool."""
        try:
            while True:
                try:
                    await self._rounds()
                except (RedisError, OSError) as error:
                    log.warning("the spool is away: %s", type(error).__name__)
                    await asyncio.sleep(self._pace.first_wait)
        finally:
            await end(self._tasks)

    async def _rounds(self) -> None:
        # Each time anew: a Redis that came back may have lost the group, or handed out what never arrived here.
        await self._spool.open()
        while True:
            await self._spool.ripen()
            for entry in await self._spool.take(await self._room()):
                self._enter(entry)

    async def _room(self) -> int:
        while len(self._inside) >= self._pace.in_flight:
            self._moved.clear()
            await self._moved.wait()
        return self._pace.in_flight - len(self._inside)

    def _enter(self, entry: Entry) -> None:
        if entry.key in self._inside:
            return
        self._inside.add(entry.key)
        chat = self._attendant.chat_of(entry) or f"update {entry.id}"
        lane = self._lanes.get(chat)
        if lane is not None:
            lane.append(entry)
            return
        self._lanes[chat] = deque([entry])
        task = asyncio.create_task(self._work(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, chat: str) -> None:
        lane = self._lanes[chat]
        while lane:
            with carrying(f"{self._spool.channel}-{lane[0].id}"):
                await self._finish(lane[0])
            self._inside.discard(lane.popleft().key)
            self._moved.set()
        del self._lanes[chat]

    async def _finish(self, entry: Entry) -> None:
        tries = 0
        while True:
            tries += 1
            try:
                await self._attend(entry)
                return await self._spool.done(entry)
            except (RedisError, OSError) as error:
                log.warning("update %s waits for redis: %s", entry.id, type(error).__name__)
                await asyncio.sleep(self._pace.wait(tries))

    async def _attend(self, entry: Entry) -> None:
        try:
            await self._attendant.attend(entry)
        except (RedisError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - one update that nobody foresaw must not stop its chat for ever
            log.error("update %s failed and is given up: %s", entry.id, place(error))
