"""Fewer directions for vectors that are compared in great numbers: those in which they differ most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE = 8192  # vectors that tell the directions


def directions(vectors: NDArray[np.floating], kept: int) -> NDArray[np.float32]:
    """(dims, kept) orthonormal columns; all ``dims`` of them where there are no more."""
    sample = vectors[:: max(1, len(vectors) // SAMPLE)].astype(np.float32)
    return np.linalg.eigh(sample.T @ sample)[1][:, -kept:].astype(np.float32)
