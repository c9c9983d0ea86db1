"""Cuts a long text where a reader would pause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# From the best place to cut to the worst; after that anywhere between two characters.
_PAUSES = (r"\n\n+", r"\n", r"(?<=[。！？!?；;])|(?<=\. )", r"(?<=[，,、 ])")


def split(text: str, most: int, measure: Callable[[str], int] = len) -> tuple[str, ...]:
    """Pieces of at most ``most``, none empty; no character but white space at a cut is lost.

    >>> split("甲一。乙二三。", 5)
    ('甲一。', '乙二三。')

    :param measure: how the limit counts.
    """
    pieces: list[str] = []
    rest = text.strip()
    while rest:
        cut = len(rest) if measure(rest) <= most else _cut(rest, most, measure)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return tuple(piece for piece in pieces if piece)


def _cut(text: str, most: int, measure: Callable[[str], int]) -> int:
    room = _fitting(text, most, measure)
    for pause in _PAUSES:
        # A cut in the first half would leave a short piece before a long one: the next kind of pause is better.
        found = [end for end in _ends(pause, text[:room]) if end > room // 2]
        if found:
            return found[-1]
    return room


def _ends(pause: str, text: str) -> Iterator[int]:
    return (match.end() for match in re.finditer(pause, text))


def _fitting(text: str, most: int, measure: Callable[[str], int]) -> int:
    """How many characters fit, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= most else (low, middle - 1)
    return low
