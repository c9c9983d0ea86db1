"""Which texts hold a word, without reading them all for every word of every question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

REMEMBERED = 20_000  # words looked up, before all are forgotten: residents never run out of new ones


class Occurrences:
    """Remembers the character pairs of texts.

    >>> Occurrences(["居家养老", "人才总量"]).holding(("养老", "助餐"))
    frozenset({0})
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = tuple(texts)
        self._pairs = tuple(frozenset(pairs(text)) for text in self._texts)
        self._with_pair: dict[str, list[int]] = defaultdict(list)
        for row, found in enumerate(self._pairs):
            for pair in found:
                self._with_pair[pair].append(row)
        self._known: dict[tuple[str, ...], frozenset[int]] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def holding(self, words: tuple[str, ...]) -> frozenset[int]:
        """Rows of the texts that have any of the words."""
        found = self._known.get(words)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[words] = frozenset(row for word in words for row in self._rows(word))
        return found

    def share(self, wanted: Sequence[str], row: int) -> float:
        """How many of a word's pairs a text has, 0…1; 0 for a word of one character, which has none."""
        return sum(map(self._pairs[row].__contains__, wanted)) / len(wanted) if wanted else 0.0

    def _rows(self, word: str) -> list[int]:
        # Only where its rarest pair stands can the whole word stand.
        postings = [self._with_pair.get(pair, []) for pair in pairs(word)]
        candidates = min(postings, key=len) if postings else range(len(self._texts))
        return [row for row in candidates if word in self._texts[row]]


def pairs(text: str) -> list[str]:
    """Neighbouring characters, in order."""
    return [text[i : i + 2] for i in range(len(text) - 1)]
