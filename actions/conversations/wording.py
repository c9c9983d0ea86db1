"""The desk's own sentences, from ``wording.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("wording.yml")


@cache
def entries() -> dict[str, dict[str, str]]:
    """The whole file."""
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


def say(key: str, language: str = "zh", **values: object) -> str:
    """One sentence; in Chinese where there is no other.

    >>> say("queued", ahead=2)
    '已经替您排上队，前面还有2位。坐席接入时会告诉您。'
    """
    entry = entries()[key]
    return entry.get(language, entry["zh"]).format(**values)
