"""Text whose every character knows where it stands in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.records import Span


@dataclass(frozen=True)
class Traced:
    """``text[i]`` is the source's character ``offsets[i]``; offsets only grow.

    >>> kept = Traced.of("甲[x]乙", 0).without(re.compile(r"\\[x\\]"))
    >>> kept.text, kept.pieces()
    ('甲乙', (Span(start=0, end=1), Span(start=4, end=5)))
    """

    text: str
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, text: str, start: int) -> Traced:
        """The stretch ``text`` that begins at source offset ``start``."""
        return cls(text, tuple(range(start, start + len(text))))

    def __len__(self) -> int:
        return len(self.text)

    def __add__(self, other: Traced) -> Traced:
        return Traced(self.text + other.text, self.offsets + other.offsets)

    def cut(self, start: int, end: int | None = None) -> Traced:
        """Characters ``start`` to ``end``, as a slice would give them."""
        return Traced(self.text[start:end], self.offsets[start:end])

    def strip(self) -> Traced:
        """Without white space at either end."""
        left = len(self.text) - len(self.text.lstrip())
        return self.cut(left, max(left, len(self.text.rstrip())))

    def without(self, pattern: re.Pattern[str]) -> Traced:
        """Without everything ``pattern`` matches."""
        kept, last = Traced("", ()), 0
        for match in pattern.finditer(self.text):
            kept += self.cut(last, match.start())
            last = match.end()
        return kept + self.cut(last) if last else self

    def pieces(self) -> tuple[Span, ...]:
        """The source spans which, cut out and joined, give ``text``."""
        spans: list[Span] = []
        for offset in self.offsets:
            if spans and spans[-1].end == offset:
                spans[-1] = Span(spans[-1].start, offset + 1)
            else:
                spans.append(Span(offset, offset + 1))
        return tuple(spans)
