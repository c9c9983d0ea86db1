"""Fused scores where statements are too many to compare each, or their vectors are kept in an engine.

The signals and weights are the retriever's. Only candidates are scored: the nearest and those with the best words,
among statements, passages and asks. Their z-scores are still over all: see ``Moments``; that of the asks is over an
even sample, since it is of a maximum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.moments import Moments
from embeddings.vectors.protocol import Only, Vectors

Rows = NDArray[np.int64]
NEAREST = 200  # statements and asks by vector, statements by words
PASSAGES = 40  # passages by vector, passages by words; all their statements are candidates
ELSEWHERE = 0.25  # of these numbers for districts that were not asked for: what is rejected is shown by name
SAMPLE = 4096  # statements from which the spread of the asks' likeness is estimated


class FarCollection(Protocol):
    """The part of a collection that needs no comparison with all of it."""

    def __len__(self) -> int: ...
    def nearest(self, query: Vectors, top: int, only: Only) -> tuple[Rows, Vectors]: ...
    def cosines(self, query: Vectors, rows: Sequence[int]) -> Vectors: ...
    def take(self, rows: Sequence[int]) -> Vectors: ...


class Asks:
    """How residents ask, by the statement they ask for."""

    def __init__(self, collection: FarCollection, statement: Rows, statements: int) -> None:
        """:param statement: the statement of each ask"""
        self._collection, self._statement = collection, statement
        self._order = np.argsort(statement, kind="stable")
        self._bounds = np.searchsorted(statement[self._order], np.arange(statements + 1))
        sample = np.unique(np.linspace(0, statements - 1, min(SAMPLE, statements)).astype(np.int64))
        asks, self._owner = self._of(sample)
        self._sample, self._count = collection.take(asks.tolist()), len(sample)

    def near(self, vector: Vectors, number: int, only: Only) -> Rows:
        """Statements that the nearest asks ask for."""
        return self._statement[self._collection.nearest(vector, number, only)[0]]

    def likeness(self, vector: Vectors, rows: Rows) -> Vectors:
        """(len(rows),) cosine of the nearest ask of each statement; 0 where there is none."""
        asks, owner = self._of(rows)
        return _best(self._collection.cosines(vector, asks.tolist()), owner, len(rows))

    def z(self, vector: Vectors, likeness: Vectors) -> Vectors:
        """As standard deviations above the mean of all statements, by the sample."""
        all_of_them = _best(self._sample @ vector, self._owner, self._count)
        spread = float(all_of_them.std())
        if spread <= 1e-9:
            return np.zeros_like(likeness)
        return np.asarray((likeness - all_of_them.mean()) / np.float32(spread), dtype=np.float32)

    def _of(self, rows: Rows) -> tuple[Rows, Rows]:
        """The asks of some statements, and for each the place of its statement in ``rows``."""
        counts = self._bounds[rows + 1] - self._bounds[rows]
        owner = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return self._order[self._bounds[rows][owner] + within], owner


class Far:
    """Finds candidates and what their vectors say."""

    def __init__(
        self, statements: FarCollection, passages: FarCollection, passage_of: Rows, asks: Asks | None
    ) -> None:
        self._statements, self._passages = statements, passages
        self._passage_of, self._asks = passage_of, asks
        self._by_passage = np.argsort(passage_of, kind="stable")
        self._bounds = np.searchsorted(passage_of[self._by_passage], np.arange(len(passages) + 1))
        self._statement_moments = Moments(statements.take, np.ones(len(statements), dtype=np.int64))
        self._passage_moments = Moments(passages.take, np.diff(self._bounds))

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

    def dense(self, vector: Vectors, rows: Rows) -> tuple[Vectors, Vectors, Vectors]:
        """Of each row: cosine of the statement, its z-score, and the z-score of its passage."""
        similarity = self._statements.cosines(vector, rows.tolist())
        passages, place = np.unique(self._passage_of[rows], return_inverse=True)
        around = self._passages.cosines(vector, passages.tolist())[place]
        moments = self._statement_moments.z(vector, similarity), self._passage_moments.z(vector, around)
        return similarity, *moments

    def asked(self, vector: Vectors, rows: Rows) -> tuple[Vectors, Vectors]:
        """Of each row: likeness to its nearest ask, and that as a z-score; zeros without asks."""
        if self._asks is None:
            return np.zeros(len(rows), dtype=np.float32), np.zeros(len(rows), dtype=np.float32)
        likeness = self._asks.likeness(vector, rows)
        return likeness, self._asks.z(vector, likeness)


def top(scores: Vectors, number: int) -> Rows:
    """Rows of the ``number`` highest, in no order; those with a score of 0 are left out."""
    few = len(scores) <= number
    rows = np.arange(len(scores)) if few else np.argpartition(-scores, number)[:number]
    return np.asarray(rows[scores[rows] > 0], dtype=np.int64)


def _best(cosines: Vectors, owner: Rows, count: int) -> Vectors:
    best = np.zeros(count, dtype=np.float32)
    np.maximum.at(best, owner, cosines)
    return best
