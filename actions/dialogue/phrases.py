"""Reads ``phrases.yml``: the words that steer a form, matched exactly because a classifier may err."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from knowledge.normalise import normalise

_FILE = Path(__file__).with_name("phrases.yml")
_EDGES = " ,，。.!！?？~～、;；:：…\"'“”"


@cache
def _patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        part: {name: re.compile(pattern, re.IGNORECASE) for name, pattern in entries.items()}
        for part, entries in data.items()
    }


def folded(text: str) -> str:
    """The text in one spelling, its closing question mark kept."""
    return normalise(text).strip()


def is_whole(name: str, text: str) -> bool:
    """Whether the whole message is one of these phrases.

    >>> is_whole("affirm", "对的，就这样"), is_whole("affirm", "对面")
    (True, False)
    """
    words = folded(text)
    if name == "affirm" and words.endswith("?"):  # «嗯？» wonders
        return False
    return bool(_patterns()["whole"][name].fullmatch(words.strip(_EDGES)))


def has(name: str, text: str) -> bool:
    """Whether some part of the message is one of these.

    >>> has("privacy", "留电话会被人知道吗")
    True
    """
    return within(name).search(folded(text)) is not None


def within(name: str) -> re.Pattern[str]:
    """The pattern itself, for those who need where it matched."""
    return _patterns()["within"][name]


def named_slot(text: str) -> str:
    """Which part of a report the text speaks of by name; empty for none.

    >>> named_slot("地址写错了")
    'place'
    """
    for name, pattern in _patterns()["slots"].items():
        if pattern.search(folded(text)):
            return name
    return ""
