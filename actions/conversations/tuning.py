"""Reads ``desk.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("desk.yml")


@dataclass(frozen=True)
class Tuning:
    """See the file."""

    away_after_seconds: float
    return_after_seconds: float
    longest_wait_minutes: float
    idle_hours: float
    keep_text_days: float
    longest_words: int
    round: int
    listed: int
    known_numbers: tuple[str, ...]

    @classmethod
    def load(cls) -> Tuning:
        """The project's own."""
        data = yaml.safe_load(FILE.read_text("utf-8"))
        return cls(**{**data, "known_numbers": tuple(data["known_numbers"])})
