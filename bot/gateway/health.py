"""Whether every process behind the gateway answers right now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.gateway.rasa_fleet import RasaFleet
from bot.gateway.scratch_redis import FallbackScratch
from bot.gateway.service_client import ServiceClient

_KEEP_SECONDS = 0.5  # anyone may ask; the processes behind are asked at most this often


@dataclass(frozen=True)
class Health:
    """The state of each process and what it means for residents."""

    rasa: bool
    service: bool
    redis: bool

    @property
    def complete(self) -> bool:
        """Everything works."""
        return self.rasa and self.service and self.redis

    def json(self) -> dict[str, Any]:
        """``answers``: questions are answered; ``forms``: the dialogue works; ``limits``: who counts."""
        return {
            "ready": self.complete,
            "answers": self.service,
            "forms": self.rasa and self.service,
            "limits": "shared" if self.redis else "in-process",
            "checks": {
                "service": _word(self.service),
                "rasa": _word(self.rasa),
                "redis": _word(self.redis),
            },
        }


def _word(up: bool) -> str:
    return "up" if up else "down"


class Doctor:
    """Asks the three processes at once and keeps the result for half a second."""

    def __init__(
        self,
        rasa: RasaFleet,
        service: ServiceClient,
        scratch: FallbackScratch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._asks: tuple[Callable[[], Awaitable[bool]], ...] = (
            rasa.ready,
            service.ready,
            scratch.shared_answers,
        )
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: tuple[float, Health] | None = None

    async def health(self) -> Health:
        """The state now."""
        async with self._lock:
            if self._last and self._clock() - self._last[0] < _KEEP_SECONDS:
                return self._last[1]
            health = Health(*await asyncio.gather(*(ask() for ask in self._asks)))
            self._last = (self._clock(), health)
            return health
