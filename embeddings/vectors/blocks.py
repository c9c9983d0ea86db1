"""Exact vectors of a graph, in the pieces they came in: adding some copies none of the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.protocol import Vectors


class Blocks:
    """Rows of vectors; a piece may be an array in memory or a file that is read where it is touched."""

    def __init__(self, dims: int) -> None:
        self._dims = dims
        self._blocks: list[Vectors] = []
        self._starts: list[int] = [0]

    def __len__(self) -> int:
        return self._starts[-1]

    def append(self, vectors: Vectors) -> None:
        """Add rows at the end; the array must not change afterwards."""
        self._blocks.append(vectors)
        self._starts.append(len(self) + len(vectors))

    def take(self, rows: NDArray[np.int64]) -> Vectors:
        """(len(rows), dims) these rows, in this order."""
        if len(self._blocks) == 1:
            return np.asarray(self._blocks[0][rows], dtype=np.float32)
        found = np.empty((len(rows), self._dims), dtype=np.float32)
        block = np.searchsorted(self._starts, rows, side="right") - 1
        for i in np.unique(block):
            here = block == i
            found[here] = self._blocks[i][rows[here] - self._starts[i]]
        return found

    def save(self, path: Path) -> None:
        """Write all rows as one array file, a piece at a time."""
        kept = np.lib.format.open_memmap(path, "w+", np.float32, (len(self), self._dims))
        for start, block in zip(self._starts, self._blocks, strict=False):
            kept[start : start + len(block)] = block
        kept.flush()
