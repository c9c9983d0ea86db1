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

    passive_seconds: float
    repeat_seconds: int
    window_seconds: int
    later_seconds: int

    @classmethod
    def load(cls) -> Self:
        """The project's own."""
        return cls.read(FILE)
