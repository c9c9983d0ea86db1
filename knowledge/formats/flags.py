"""What an approver must know of a document before it is answered from. Each flag has a name and an example."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("flags.yml")
_SHOWN = 60


@dataclass(frozen=True)
class Flag:
    """``name``: other_district, instructions, garbled, or a note of the reader (hidden, invisible, encoding)."""

    name: str
    example: str


@cache
def rules() -> dict[str, Any]:
    """``flags.yml``."""
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def flags_of(text: str, notes: dict[str, str]) -> tuple[Flag, ...]:
    """Everything noticed, the reader's notes among it."""
    found = [Flag(name, example) for name, example in notes.items()]
    if place := other_place(text):
        found.append(Flag("other_district", place))
    for pattern in rules()["instructions"]:
        if match := re.search(pattern, text):
            found.append(
                Flag("instructions", text[match.start() : match.start() + _SHOWN].replace("\n", " "))
            )
            break
    if match := re.search(rules()["mojibake"], text):
        found.append(Flag("garbled", text[max(0, match.start() - 10) : match.start() + 20]))
    return tuple(found)


def other_place(text: str) -> str:
    """The place that a document is about, when that is not ours; else empty.

    >>> other_place("镇海区2024年工作报告。镇海区新增企业。镇海港吞吐量增长。")
    '镇海'
    """
    counts = {place: text.count(place) for place in rules()["places"]}
    place = max(counts, key=lambda name: counts[name])
    ours = sum(text.count(name) for name in rules()["ours"])
    return place if counts[place] >= rules()["place_share"] and counts[place] > ours else ""
