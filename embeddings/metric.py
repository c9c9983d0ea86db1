"""A learned view of the vectors, under which a question lies nearer to what answers it.

A small encoder finds all sentences of one office alike, and an everyday question like none of them. One linear map,
learned from the asks, stretches the directions that tell facts apart and shrinks the rest: see ``learning.py``. What it
learned is the same for documents that come later. Vectors in the index stay as the encoder made them.
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.directions import directions

Vectors = NDArray[np.float32]
# Comparing with all is most of what an answer costs beside the encoder; with half of the directions it ranks alike.
KEPT = 192
FILE = Path(__file__).with_name("metric.npz")
log = logging.getLogger(__name__)


class Metric:
    """Unit vectors of the encoder → unit vectors that are compared instead of them.

    :param matrix: (dims, kept); None leaves vectors as they are.
    """

    def __init__(self, matrix: NDArray[np.floating] | None = None) -> None:
        self._matrix = None if matrix is None else matrix.astype(np.float32)

    def __call__(self, vectors: Vectors) -> Vectors:
        """(n, dims) or (dims,) → (n, kept) or (kept,) seen through the metric."""
        if self._matrix is None:
            return vectors
        seen = vectors @ self._matrix
        return np.asarray(seen / np.linalg.norm(seen, axis=-1, keepdims=True), dtype=np.float32)

    def narrowed(self, vectors: Vectors, kept: int = KEPT) -> Metric:
        """The same with fewer directions: those in which ``vectors`` (n, dims) differ most as it sees them."""
        if self._matrix is None:
            raise ValueError("a metric that leaves vectors as they are has all directions")
        return Metric(self._matrix @ directions(self(vectors), kept))

    def save(self, encoder: str, path: Path = FILE) -> None:
        """Write it, with the name of the encoder it belongs to. :raises ValueError: for a metric that changes nothing"""
        if self._matrix is None:
            raise ValueError("a metric that leaves vectors as they are need not be kept")
        np.savez(path, encoder=np.array(encoder), matrix=self._matrix.astype(np.float16))

    @classmethod
    def load(cls, encoder: str, path: Path = FILE) -> Metric:
        """What ``save`` wrote; for vectors of another encoder one that leaves them as they are."""
        if path.is_file():
            with np.load(path, allow_pickle=False) as kept:
                if model(str(kept["encoder"])) == model(encoder):
                    return cls(kept["matrix"])
        log.info("%s has no learned metric: its vectors are compared as they are", encoder)
        return cls()


def model(encoder: str) -> str:
    """An encoder's name without its backend: int8 and fp32 of the same weights point the same way.

    >>> model("e5-small:0123abcd:onnx-int8")
    'e5-small:0123abcd'
    """
    return encoder.rpartition(":")[0]
