"""Votes of labelled examples: each counts for its labels as far as it is like the text in question.

Two texts are alike as far as their vectors point the same way (same meaning) and as they share characters (same
words). Kernel ridge regression weighs the examples' votes in one step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_LONGEST = 2


@dataclass(frozen=True)
class Tuning:
    """See ``departments.yml``, where the values stand."""

    gamma: float
    ngram_weight: float
    ridge: float
    word_weight: float
    sharpness: float
    threshold: float


class Shared:
    """Texts as rows of unit length over the character runs that at least two examples have."""

    def __init__(self, texts: Sequence[str]) -> None:
        seen = Counter(run for text in texts for run in set(runs(text)))
        self._place = {run: i for i, run in enumerate(sorted(r for r, n in seen.items() if n > 1))}
        counts = np.array([seen[run] for run in self._place], dtype=np.float32)
        self._rarity = np.log((1 + len(texts)) / (1 + counts)) + 1

    def rows(self, texts: Sequence[str]) -> Floats:
        """Of shape ``(len(texts), runs)``; a text without a known run is all zeros."""
        rows = np.zeros((len(texts), len(self._place)), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for run in runs(text):
                if run in self._place:
                    row[self._place[run]] += 1
        return _unit(np.log1p(rows) * self._rarity)


def runs(text: str) -> Iterator[str]:
    """All runs of one and two characters.

    >>> list(runs("路灯"))
    ['路', '灯', '路灯']
    """
    for size in range(1, _LONGEST + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


class Votes:
    """Trained examples.

    :param texts: normalised.
    :param vectors: of the texts, ``(n, dims)``.
    :param labels: one set of labels an example may carry at once, one entry an example.
    """

    def __init__(self, texts: Sequence[str], vectors: Floats, labels: Sequence[str], tuning: Tuning) -> None:
        self.labels = tuple(sorted(set(labels)))
        self._tuning = tuning
        self._mean = vectors.mean(axis=0)  # vectors of one encoder all point nearly the same way
        self._directions = _unit(vectors - self._mean)
        self._shared = Shared(texts)
        self._rows = self._shared.rows(texts)
        wanted = np.array(labels)[:, np.newaxis] == np.array(self.labels)
        alike = self._alike(self._directions, self._rows) + tuning.ridge * np.eye(
            len(texts), dtype=np.float32
        )
        self._votes = np.linalg.solve(alike.astype(np.float64), wanted.astype(np.float64))

    def scores(self, texts: Sequence[str], vectors: Floats) -> NDArray[np.float64]:
        """``(len(texts), labels)``: about 1 for what an example says of itself, about 0 for the rest."""
        alike = self._alike(_unit(vectors - self._mean), self._shared.rows(texts))
        return np.asarray(alike @ self._votes)

    def _alike(self, directions: Floats, rows: Floats) -> Floats:
        angles = directions @ self._directions.T
        found = np.exp(self._tuning.gamma * (angles - 1)) + self._tuning.ngram_weight * (rows @ self._rows.T)
        return np.asarray(found, dtype=np.float32)


def shares(scores: NDArray[np.float64], sharpness: float) -> NDArray[np.float64]:
    """Scores as probabilities; every row adds up to 1."""
    raised = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
