"""``channel.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("channel.yml")


@dataclass(frozen=True)
class Tuning:
    """See ``channel.yml``; times in seconds."""

    poll_seconds: int
    hold_seconds: float
    seen_seconds: int
    reply_seconds: int
    button_seconds: int
    in_flight: int
    desk_seconds: float
    first_wait: float
    last_wait: float
    news_seconds: float

    @classmethod
    def load(cls) -> Tuning:
        """The project's own."""
        return cls(**yaml.safe_load(FILE.read_text("utf-8")))

    def wait(self, attempt: int) -> float:
        """Seconds after the failed attempt of that number, counted from 1."""
        return float(min(self.first_wait * 2 ** min(attempt - 1, 20), self.last_wait))
