"""What vectors say where statements are too many to compare each, or their vectors are kept in an engine.

The signals are those of ``near.py``. Only candidates are scored: the nearest and those with the best words, among
statements, passages and asks. Their z-scores are still over all: see ``Moments``; that of the asks is over an even
sample, since it is of a maximum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.asked import AskedFor, best_of
from embeddings.metric import Metric
from embeddings.moments import Moments
from embeddings.vectors.protocol import Only, Vectors

Rows = NDArray[np.int64]
NEAREST = 300  # statements and asks by vector, statements by words
PASSAGES = 40  # passages by vector, passages by words; all their statements are candidates
ELSEWHERE = 0.25  # of these numbers for districts that were not asked for: what is rejected is shown by name
SAMPLE = 4096  # statements from which the spread of the asks' likeness is estimated


class FarCollection(Protocol):
    """The part of a collection that needs no comparison with all of it."""

    def __len__(self) -> int: ...
    def nearest(self, query: Vectors, top: int, only: Only) -> tuple[Rows, Vectors]: ...
    def cosines(self, query: Vectors, rows: Rows) -> Vectors: ...
    def take(self, rows: Sequence[int]) -> Vectors: ...


class FarAsks(AskedFor):
    """How residents ask, where they are too many to compare each."""

    def __init__(self, collection: FarCollection, statement: Rows, statements: int, metric: Metric) -> None:
        super().__init__(collection, statement, statements)
        self._nearest, self._statement, self._metric = collection.nearest, statement, metric
        sample = np.unique(np.linspace(0, statements - 1, min(SAMPLE, statements)).astype(np.int64))
        asks, self._owner = self.of(sample)
        self._sample, self._count = metric(collection.take(asks.tolist())), len(sample)

    def near(self, vector: Vectors, number: int, only: Only) -> Rows:
        """Statements that the nearest asks ask for."""
        return self._statement[self._nearest(vector, number, only)[0]]

    def z(self, vector: Vectors, rows: Rows) -> Vectors:
        """Likeness of each row's nearest ask as standard deviations above the mean of all statements, by the sample."""
        seen, (asks, owner) = self._metric(vector), self.of(rows)
        likeness = best_of(self._metric(self._collection.take(asks.tolist())) @ seen, owner, len(rows))
        everywhere = best_of(self._sample @ seen, self._owner, self._count)
        spread = float(everywhere.std())
        if spread <= 1e-9:
            return np.zeros_like(likeness)
        return np.asarray((likeness - everywhere.mean()) / np.float32(spread), dtype=np.float32)


class Far:
    """Finds candidates and what their vectors say."""

    def __init__(
        self,
        statements: FarCollection,
        passages: FarCollection,
        passage_of: Rows,
        asks: tuple[FarCollection, Rows] | None,
        metric: Metric,
    ) -> None:
        """:param asks: with the statement of each"""
        self._statements, self._passages = statements, passages
        self._passage_of, self._metric = passage_of, metric
        self._asks = FarAsks(*asks, len(statements), metric) if asks else None
        self._by_passage = np.argsort(passage_of, kind="stable")
        self._bounds = np.searchsorted(passage_of[self._by_passage], np.arange(len(passages) + 1))
        every = np.ones(len(statements), dtype=np.int64)
        self._statement_moments = Moments(lambda rows: metric(statements.take(rows)), every)
        self._passage_moments = Moments(lambda rows: metric(passages.take(rows)), np.diff(self._bounds))

    def candidates(
        self, vector: Vectors, only: Only, words: Vectors, passage_words: Vectors, share: float = 1.0
    ) -> Rows:
        """Rows of the statements that are looked at, ascending; some may be others than ``only`` lets.

        :param words: (n,) BM25 of every statement, 0 for those that are out of the question; ``passage_words``
            likewise of every passage
        :param share: of the usual number of candidates
        """
        near, around = int(NEAREST * share), int(PASSAGES * share)
        passages = [self._passages.nearest(vector, around, only)[0], top(passage_words, around)]
        found = [
            self._statements.nearest(vector, near, only)[0],
            top(words, near),
            *(self._by_passage[self._bounds[p] : self._bounds[p + 1]] for part in passages for p in part),
        ]
        if self._asks is not None:
            found.append(self._asks.near(vector, near, only))
        return np.unique(np.concatenate(found))

    def z(self, vector: Vectors, rows: Rows) -> tuple[Vectors, Vectors, Vectors]:
        """z-scores of each row's statement, its passage and its nearest ask; see ``Near.z``."""
        seen = self._metric(vector)
        similarity = self._metric(self._statements.take(rows.tolist())) @ seen
        passages, place = np.unique(self._passage_of[rows], return_inverse=True)
        around = (self._metric(self._passages.take(passages.tolist())) @ seen)[place]
        asked = self._asks.z(vector, rows) if self._asks else np.zeros(len(rows), dtype=np.float32)
        return self._statement_moments.z(seen, similarity), self._passage_moments.z(seen, around), asked

    def likeness(self, vector: Vectors, rows: Rows) -> Vectors:
        """See ``Near.likeness``."""
        similarity = self._statements.cosines(vector, rows)
        return similarity if self._asks is None else np.maximum(similarity, self._asks.likeness(vector, rows))


def top(scores: Vectors, number: int) -> Rows:
    """Rows of the ``number`` highest, in no order; those with a score of 0 are left out."""
    few = len(scores) <= number
    rows = np.arange(len(scores)) if few else np.argpartition(-scores, number)[:number]
    return np.asarray(rows[scores[rows] > 0], dtype=np.int64)
