"""The checker finds each kind of fault: a run that it passes means something."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bot.takeover_checker import Handed, Line, Recorded, check

LINES = [
    Line(1, "resident", "问一"),
    Line(2, "system", "王接入"),
    Line(3, "bot", "答一", turn=1, withheld=True),
    Line(4, "operator", "我来", "1"),
    Line(5, "system", "王离开"),
    Line(6, "resident", "问二"),
    Line(7, "bot", "答二", turn=6),
]
HANDS = [Handed(1, "1"), Handed(4, "")]


def seen() -> Recorded:
    return Recorded(
        ["问一", "问二"], ["答二"], ["王接入", "我来", "王离开"], [("1", "我来")], [("2", "我也来")]
    )


def test_a_clean_run_passes() -> None:
    assert check(LINES, HANDS, seen()) == []


@pytest.mark.parametrize(
    ("number", "change", "told"),
    [
        (3, {"withheld": False}, "talked over 1"),
        (4, {"operator": "2"}, "2 spoke while it was 1's"),
        (6, {"speaker": "operator", "operator": "1"}, "nobody's"),
        (7, {"turn": 3}, "answered twice"),
        (6, {"text": "问一"}, "stands 2 times"),
        (7, {"withheld": True}, "received"),
        (4, {"text": "我也来", "operator": "2"}, "was refused and was said"),
        (5, {"number": 9}, "gaps"),
    ],
)
def test_every_fault_is_found(number: int, change: dict, told: str) -> None:
    lines = [replace(line, **change) if line.number == number else line for line in LINES]
    assert any(told in found for found in check(lines, HANDS, seen()))


def test_words_that_did_not_arrive_or_arrived_twice_are_found() -> None:
    for arrived in ([], ["我来", "我来"]):
        lost = seen()
        lost.arrived = arrived
        assert check(LINES, HANDS, lost)
