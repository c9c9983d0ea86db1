"""Calls to several equal processes: each to the next one in turn, and to another where nobody listens.

What was handed over is never sent a second time: only a connection that could not be made leads to the next process.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import httpx2

AVOID_SECONDS = 5.0
_FROZEN_SECONDS = 1.0  # a caller that gave up sooner says nothing about the process
T = TypeVar("T")


class Spread:
    """Chooses the process for each call.

    :param addresses: one is called without further ado.
    """

    def __init__(self, addresses: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._addresses = tuple(addresses)
        self._clock = clock
        self._turn = itertools.count()
        self._avoid = [0.0] * len(addresses)

    async def call(self, send: Callable[[str], Awaitable[T]]) -> T:
        """What ``send`` gives for one of the addresses; its error where the last of them gave one."""
        if len(self._addresses) == 1:
            return await send(self._addresses[0])
        *others, last = self._order()
        for place in others:
            try:
                return await self._at(place, send)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._at(last, send)

    def _order(self) -> list[int]:
        count, now, first = len(self._addresses), self._clock(), next(self._turn)
        places = [(first + n) % count for n in range(count)]
        return sorted(places, key=lambda place: self._avoid[place] > now)

    async def _at(self, place: int, send: Callable[[str], Awaitable[T]]) -> T:
        begin = self._clock()
        try:
            return await send(self._addresses[place])
        except (httpx2.TransportError, asyncio.CancelledError) as error:
            gone = isinstance(error, (httpx2.ConnectError, httpx2.ReadError))
            if gone or self._clock() - begin > _FROZEN_SECONDS:
                self._avoid[place] = self._clock() + AVOID_SECONDS
            raise
