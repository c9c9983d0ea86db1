"""Three times as many messages as can be answered, for a while: who is turned away, how soon, and what of the rest."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from benchmarks.load.ways import WebChat, client, judged


@dataclass(frozen=True)
class Sending:
    """One message and what became of it. ``kind`` None: turned away."""

    chat: WebChat
    id: str
    seconds: float
    kind: str | None
    status: int


@dataclass(frozen=True)
class Flood:
    """All of it.

    :param lost: replies that were given and that the page can't show again.
    """

    sendings: tuple[Sending, ...]
    seconds: float
    lost: int

    @property
    def admitted(self) -> list[float]:
        """Seconds of those that were answered."""
        return [one.seconds for one in self.sendings if one.kind == "answered"]

    @property
    def refused(self) -> list[float]:
        """Seconds of those that were turned away."""
        return [one.seconds for one in self.sendings if one.kind is None]

    @property
    def broken(self) -> int:
        """Those with an error, an apology or nothing."""
        return len(self.sendings) - len(self.admitted) - len(self.refused)


async def flood(address: str, questions: Sequence[str], rate: float, seconds: float) -> Flood:
    """Send ``rate`` messages a second, each by a chat of its own, whether or not the earlier ones were answered."""
    async with client() as http:
        tasks, words, begin = list[asyncio.Task[Sending]](), itertools.cycle(questions), time.monotonic()
        while (late := time.monotonic() - begin) < seconds:
            while len(tasks) < late * rate:
                tasks.append(asyncio.create_task(_send(WebChat(http, address), next(words))))
            await asyncio.sleep(0.005)
        sendings = await asyncio.gather(*tasks)
        lasted = time.monotonic() - begin
        return Flood(tuple(sendings), lasted, await _lost(sendings))


async def _send(chat: WebChat, text: str) -> Sending:
    id_, begin = uuid4().hex, time.monotonic()
    response = await chat.post(text, id_)
    return Sending(chat, id_, time.monotonic() - begin, judged(response), response.status_code)


async def _lost(sendings: Sequence[Sending]) -> int:
    lost = 0
    for one in sendings:
        if one.kind == "answered":
            lost += one.id not in await one.chat.shown()
    return lost
