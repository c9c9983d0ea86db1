"""The figures in ``tunables.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("tunables.yml")


@dataclass(frozen=True)
class Tunables:
    """When vectors are searched how; each is explained in the file."""

    graph_from: int
    flat_below: int
    links: int
    build: int
    search: int
    refine: int
    train: int
    directions: int
    narrow_up_to: int
    widen: int
    removed_share: float
    step: int

    def __post_init__(self) -> None:
        if not 0 <= self.flat_below <= self.graph_from:
            raise ValueError(f"{FILE.name}: flat_below {self.flat_below} must not be above graph_from")
        if not 0 < self.removed_share < 1:
            raise ValueError(f"{FILE.name}: removed_share {self.removed_share} must be between 0 and 1")


@lru_cache(maxsize=1)
def tunables() -> Tunables:
    """Those of the project."""
    return Tunables(**yaml.safe_load(FILE.read_text(encoding="utf-8")))
