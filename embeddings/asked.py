"""Which asks belong to which statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.protocol import Vectors

Rows = NDArray[np.int64]


class AskCollection(Protocol):
    """The part of a collection that some of its vectors are asked of."""

    def cosines(self, query: Vectors, rows: Rows) -> Vectors: ...
    def take(self, rows: Sequence[int]) -> Vectors: ...


class AskedFor:
    """How residents ask, by the statement they ask for."""

    def __init__(self, collection: AskCollection, statement: Rows, statements: int) -> None:
        """
        :param statement: the statement of each ask
        :param statements: how many there are
        """
        self._collection = collection
        self._order = np.argsort(statement, kind="stable")
        self._bounds = np.searchsorted(statement[self._order], np.arange(statements + 1))

    def likeness(self, vector: Vectors, rows: Rows) -> Vectors:
        """(len(rows),) cosine of the nearest ask of each statement, as the encoder sees it; 0 where there is none."""
        asks, owner = self.of(rows)
        return best_of(self._collection.cosines(vector, asks), owner, len(rows))

    def of(self, rows: Rows) -> tuple[Rows, Rows]:
        """The asks of some statements, and for each the place of its statement in ``rows``."""
        counts = self._bounds[rows + 1] - self._bounds[rows]
        owner = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return self._order[self._bounds[rows][owner] + within], owner


def best_of(cosines: Vectors, owner: Rows, count: int) -> Vectors:
    """(count,) the highest of each owner, at least 0; ``owner`` ascends."""
    best = np.zeros(count, dtype=np.float32)
    if len(owner):
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        best[owner[first]] = np.maximum(np.maximum.reduceat(cosines, first), 0.0)
    return best
