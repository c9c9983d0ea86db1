"""What vectors say of every statement, where they are few enough to compare each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.asked import AskedFor, Rows
from embeddings.metric import Metric
from embeddings.scores import z_scores
from embeddings.vectors.protocol import Vectors


class NearCollection(Protocol):
    """The part of a collection that is compared whole."""

    def __len__(self) -> int: ...
    def cosines(self, query: Vectors, rows: Sequence[int]) -> Vectors: ...
    def take(self, rows: Sequence[int]) -> Vectors: ...


class Near:
    """Compares a question with every statement, passage and ask.

    Which of them rank first is told by the metric; how alike two texts are, on which the gate relies, by the encoder.
    """

    def __init__(
        self,
        statements: NearCollection,
        passages: NearCollection,
        passage_of: Rows,
        asks: tuple[NearCollection, Rows] | None,
        metric: Metric,
    ) -> None:
        """:param asks: with the statement of each"""
        self._raw, self._passage_of, self._metric = statements, passage_of, metric
        self._statements, self._passages = _seen(statements, metric), _seen(passages, metric)
        self._asked_for = AskedFor(*asks, len(statements)) if asks else None
        if asks:
            order = np.argsort(asks[1], kind="stable")  # asks of one statement side by side
            self._asks = _seen(asks[0], metric, order)
            self._asked, self._starts = np.unique(asks[1][order], return_index=True)

    def z(self, vector: Vectors) -> tuple[Vectors, Vectors, Vectors]:
        """(n,) z-scores of each statement, its passage and its nearest ask to the unit ``vector`` (dims,)."""
        seen = self._metric(vector)
        asked = np.zeros(len(self._statements), dtype=np.float32)
        if self._asked_for:
            nearest = np.maximum.reduceat(self._asks @ seen, self._starts)
            asked[self._asked] = np.maximum(nearest, 0.0)
        return (
            z_scores(self._statements @ seen),
            z_scores((self._passages @ seen)[self._passage_of]),
            z_scores(asked),
        )

    def likeness(self, vector: Vectors, rows: Rows) -> Vectors:
        """(len(rows),) cosine of each statement or of its nearest ask, as the encoder sees them, whichever is higher."""
        similarity = self._raw.cosines(vector, rows.tolist())
        return (
            np.maximum(similarity, self._asked_for.likeness(vector, rows)) if self._asked_for else similarity
        )


def _seen(collection: NearCollection, metric: Metric, order: Rows | None = None) -> NDArray[np.float32]:
    """All vectors through the metric. By columns: one against all is then read in order, three times as fast."""
    vectors = collection.take(range(len(collection)))
    return np.asfortranarray(metric(vectors if order is None else vectors[order]))
