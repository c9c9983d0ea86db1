"""``channel.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.channels.pace import Pace

FILE = Path(__file__).with_name("channel.yml")


@dataclass(frozen=True, kw_only=True)
class Tuning(Pace):
    """See ``channel.yml``; times in seconds."""

    poll_seconds: int
    hold_seconds: float
    typing_after: float

    @classmethod
    def load(cls) -> Self:
        """The project's own."""
        return cls.read(FILE)
