"""What vectors say of every statement, where they are few enough to compare each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from embeddings.asked import AskedFor, Rows
from embeddings.metric import Metric
from embeddings.scores import z_scores
from embeddings.vectors.protocol import Vectors


class NearCollection(Protocol):
    """The part of a collection that is compared whole."""

    def __len__(self) -> int: ...
    def cosines(self, query: Vectors, rows: Rows) -> Vectors: ...
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
        self._asked_for = AskedFor(*asks, len(statements)) if asks else None
        seen = [metric(_all(statements)), metric(_all(passages))]
        if asks:
            order = np.argsort(asks[1], kind="stable")  # asks of one statement side by side
            seen.append(metric(_all(asks[0])[order]))
            self._asked, self._starts = np.unique(asks[1][order], return_index=True)
        self._ends = np.cumsum([len(part) for part in seen[:2]]).tolist()
        # By columns: one against all is then read in order, three times as fast. Not in eight bits, which is quicker:
        # the five best would often come in another order than from vectors kept elsewhere.
        self._everything = np.asfortranarray(np.vstack(seen))

    def z(self, vector: Vectors) -> tuple[Vectors, Vectors, Vectors]:
        """(n,) z-scores of each statement, its passage and its nearest ask to the unit ``vector`` (dims,)."""
        similarity = self._everything @ self._metric(vector)
        statements, passages, asks = np.split(similarity, self._ends)
        asked = np.zeros_like(statements)
        if self._asked_for:
            asked[self._asked] = np.maximum(np.maximum.reduceat(asks, self._starts), 0.0)
        return z_scores(statements), z_scores(passages[self._passage_of]), z_scores(asked)

    def likeness(self, vector: Vectors, rows: Rows) -> Vectors:
        """(len(rows),) cosine of each statement or of its nearest ask, as the encoder sees them, whichever is higher."""
        similarity = self._raw.cosines(vector, rows)
        return (
            np.maximum(similarity, self._asked_for.likeness(vector, rows)) if self._asked_for else similarity
        )


def _all(collection: NearCollection) -> Vectors:
    return collection.take(range(len(collection)))
