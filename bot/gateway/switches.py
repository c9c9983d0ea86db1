"""Whether the bot is switched off on a channel: asked of the service, at most every two seconds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from bot.gateway.errors import ServiceUnavailable, SourceUnknown
from bot.gateway.service_client import ServiceClient

log = logging.getLogger(__name__)
EVERY_SECONDS = 2.0
_ALL = "*"


class Switches:
    """One for the gateway. While the service does not answer, what it said last holds."""

    def __init__(self, service: ServiceClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._service, self._clock = service, clock
        self._off: frozenset[str] = frozenset()
        self._asked = -EVERY_SECONDS
        self._lock = asyncio.Lock()

    async def off(self, channel: str) -> bool:
        """Whether the bot is silent on this channel."""
        async with self._lock:
            if self._clock() - self._asked >= EVERY_SECONDS:
                self._off = await self._ask()
                self._asked = self._clock()
        return not self._off.isdisjoint((channel, _ALL))

    async def _ask(self) -> frozenset[str]:
        try:
            return frozenset(await self._service.switched_off())
        except SourceUnknown:  # a service without switches
            return frozenset()
        except ServiceUnavailable as error:
            log.warning("switches not read: %s", error)
            return self._off
