"""A published document as lines to show, with the cited place marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line: what stands before, in and after the marked place (plain text, still to be escaped)."""

    before: str
    marked: str
    after: str
    first: bool = False  # the line where the marked place begins


def cut(text: str, start: int, end: int) -> Iterator[Line]:
    """The non-blank lines of ``text``; ``text[start:end]`` is marked.

    >>> [line.marked for line in cut("甲乙\\n丙丁", 1, 4)]
    ['乙', '丙']

    :param start: offsets as citations carry them; an empty or impossible range marks nothing.
    """
    if not 0 <= start < end <= len(text):
        start = end = -1
    place, begun = 0, False
    for raw in text.splitlines(keepends=True):
        line = raw.rstrip()
        if line.strip():
            left = min(max(start - place, 0), len(line))
            right = min(max(end - place, left), len(line))
            marked = line[left:right]
            first = bool(marked.strip()) and not begun
            begun = begun or first
            yield Line(line[:left], marked, line[right:], first)
        place += len(raw)
