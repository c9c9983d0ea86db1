"""Mean and spread of the cosines of many vectors to any question, without comparing them.

Over vectors x, the cosine x·q has mean m·q and variance qᵀSq, where m and S are the vectors' mean and covariance.
So a z-score over a million vectors costs as much as one over ten.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.protocol import Vectors

STEP = 50_000


class Moments:
    """Of the vectors that ``take`` gives, each counted ``weights`` times."""

    def __init__(self, take: Callable[[Sequence[int]], Vectors], weights: NDArray[np.integer]) -> None:
        total = float(weights.sum())
        first: NDArray[np.float64] | None = None
        for start in range(0, len(weights), STEP):
            vectors = take(range(start, min(start + STEP, len(weights)))).astype(np.float64)
            part = weights[start : start + len(vectors), None]
            if first is None:
                first, second = np.zeros(vectors.shape[1]), np.zeros((vectors.shape[1],) * 2)
            first += (part * vectors).sum(axis=0)
            second += vectors.T @ (part * vectors)
        if first is None:
            raise ValueError("there are no vectors to take moments of")
        self._mean = first / total
        self._covariance = second / total - np.outer(self._mean, self._mean)

    def z(self, query: Vectors, cosines: Vectors) -> Vectors:
        """Some cosines to ``query`` as standard deviations above the mean of all; zeros if all are equal."""
        spread = math.sqrt(max(float(query @ self._covariance @ query), 0.0))
        apart = cosines - np.float32(self._mean @ query)
        return (apart / np.float32(spread)).astype(np.float32) if spread > 1e-9 else np.zeros_like(cosines)
