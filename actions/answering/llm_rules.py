"""Reads ``llm.yml``: the wording for the language model and the checks of what it says. Patterns are compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("llm.yml")


@dataclass(frozen=True)
class Careful:
    """Words of one meaning; ``kept``: they may not be left out either."""

    words: re.Pattern[str]
    kept: bool


@dataclass(frozen=True)
class Rules:
    """The file, typed."""

    statuses: frozenset[str]
    spans: int
    within: float
    growth: float
    slack: int
    failures: int
    rest_seconds: float
    cache: int
    likeness: Mapping[str, float]
    system: str
    notice: str
    notice_en: str
    original: str
    banned: Mapping[str, re.Pattern[str]]
    careful: Mapping[str, Careful]
    terms: tuple[tuple[re.Pattern[str], str], ...]
    numerals: re.Pattern[str]
    idle: re.Pattern[str]
    number_words: re.Pattern[str]


@cache
def rules() -> Rules:
    """The rules as the file has them.

    :raises TypeError: for a key that is missing or unknown.
    """
    raw: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    words = raw.pop("number_words")
    raw["statuses"] = frozenset(raw["statuses"])
    raw["banned"] = {name: _pattern(text) for name, text in raw["banned"].items()}
    raw["careful"] = {
        name: Careful(_pattern(entry["words"]), bool(entry.get("kept")))
        for name, entry in raw["careful"].items()
    }
    terms = raw.pop("english_terms")
    return Rules(
        **raw,
        terms=tuple((_pattern(rf"\b(?:{name})\b"), chinese) for name, chinese in terms.items()),
        numerals=_pattern(words["zh"]),
        idle=_pattern(words["idle"]),
        number_words=_pattern(words["en"]),
    )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
