"""Waits and times that every channel with a process of its own has, in its ``channel.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import yaml


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Times in seconds; what each means stands in the channel's ``channel.yml``."""

    seen_seconds: int
    reply_seconds: int
    button_seconds: int
    in_flight: int
    desk_seconds: float
    first_wait: float
    last_wait: float
    news_seconds: float

    @classmethod
    def read(cls, file: Path) -> Self:
        """The values of a file."""
        return cls(**yaml.safe_load(file.read_text("utf-8")))

    def wait(self, attempt: int) -> float:
        """Seconds after the failed attempt of that number, counted from 1."""
        return float(min(self.first_wait * 2 ** min(attempt - 1, 20), self.last_wait))
