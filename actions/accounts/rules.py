"""The numbers of ``rules.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("rules.yml")


@dataclass(frozen=True)
class Rules:
    """See the file for what each means."""

    idle_minutes: int
    longest_minutes: int
    code_minutes: int
    failures: int
    locked_minutes: int
    touch_seconds: int
    password_min: int
    password_max: int
    argon2_passes: int
    argon2_kib: int
    argon2_lanes: int

    @classmethod
    def load(cls) -> Rules:
        """From the file; TypeError when a number is missing or unknown."""
        return cls(**yaml.safe_load(_FILE.read_text("utf-8")))
