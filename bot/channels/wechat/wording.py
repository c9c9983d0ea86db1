"""The account's own sentences, from ``wording.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.channels.wording import Wording

FILE = Path(__file__).with_name("wording.yml")


@cache
def wording() -> Wording:
    """The file's entries."""
    return Wording(FILE)


def say(key: str, language: str = "zh") -> str:
    """One sentence.

    :raises WordingMissing: when the file has no such entry.
    """
    return wording().say(key, language)
