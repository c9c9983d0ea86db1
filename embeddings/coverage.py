"""How much of what a question names a statement and its surroundings hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from embeddings.occurrence import Occurrences, pairs
from embeddings.query import Concept

WEAK = 0.35  # what a concept counts that can't carry a topic
AROUND = 0.6  # what it counts in the surroundings instead of the statement
ALIKE = 0.5  # what a share of its character pairs counts there, from one half on
HALF = 0.5


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether any of the words stands in the text. A plain loop: this runs for every statement and concept."""
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False


@dataclass(frozen=True)
class Named:
    """A concept of one question with what the whole corpus knows of it."""

    concept: Concept
    weight: float
    rows: frozenset[int]  # surroundings that hold it
    pairs: tuple[
        tuple[str, ...], ...
    ]  # of each of its words that has several: with one, all or nothing is there
    shares: dict[int, float] = field(default_factory=dict)  # of these pairs in surroundings looked at already


class Coverage:
    """Knows the surroundings of every statement: its passage with headings and label."""

    def __init__(self, around: Sequence[str]) -> None:
        """:param around: one text a statement, normalised; statements of one passage have the same."""
        unique = {text: row for row, text in enumerate(dict.fromkeys(around))}
        self.rows = [unique[text] for text in around]
        self._total = math.log(1 + len(around))
        self._sizes = np.bincount(self.rows, minlength=len(unique)).tolist()
        self._occurrences = Occurrences(list(unique))

    def idf(self, concept: Concept) -> float:
        """How much a concept tells, 0…1; 1 for one the corpus never names."""
        count = sum(map(self._sizes.__getitem__, self._occurrences.holding(concept.words)))
        return min(1.0, max(0.15, 1 - math.log(1 + count) / self._total * 1.1))

    def knows(self, concept: Concept) -> bool:
        """Whether the corpus uses any of a concept's words."""
        return bool(self._occurrences.holding(concept.words))

    def holding(self, concept: Concept) -> frozenset[int]:
        """The surroundings (numbers of ``rows``) that hold any of a concept's words."""
        return self._occurrences.holding(concept.words)

    def named(self, concepts: Sequence[Concept]) -> tuple[Named, ...]:
        """The concepts of a question, looked up once for all statements."""
        return tuple(
            Named(
                concept,
                self.idf(concept) * (WEAK if concept.weak else 1.0),
                self._occurrences.holding(concept.words),
                tuple(found for word in concept.words if len(found := tuple(pairs(word))) > 1),
            )
            for concept in concepts
        )

    def of(self, named: Sequence[Named], text: str, row: int) -> tuple[float, tuple[Concept, ...]]:
        """Share of the concepts found in ``text`` and around it (``rows[i]``), 0…1, and those in neither."""
        total = found = 0.0
        missing: list[Concept] = []
        for name in named:
            total += name.weight
            if holds(text, name.concept.words):
                found += name.weight
            elif row in name.rows:
                found += AROUND * name.weight
            else:
                share = self._share(name, row)
                found += ALIKE * name.weight * (share if share >= HALF else 0.0)
                missing.append(name.concept)
        return (found / total if total else 0.0), tuple(missing)

    def _share(self, name: Named, row: int) -> float:
        """The best share of any of its words; several statements of a pool have the same surroundings."""
        if not name.pairs:
            return 0.0
        if row not in name.shares:
            name.shares[row] = max([self._occurrences.share(wanted, row) for wanted in name.pairs])
        return name.shares[row]
