"""Exact search: every vector is compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.protocol import ANY, UNLABELLED, Found, Labels, Only, Vectors
from embeddings.vectors.rows import Rows, checked

_faiss: Any = faiss  # its type stubs know a part of it only
VECTORS, ROWS = "vectors.faiss", "rows.json"


class FlatStore:
    """FAISS Flat. Memory: 4 bytes a dimension and vector."""

    def __init__(self, dims: int, rows: Rows | None = None, index: faiss.Index | None = None) -> None:
        self.dims = dims
        self._rows = rows or Rows()
        self._index: Any = _faiss.IndexFlatIP(dims) if index is None else index

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, keys: Sequence[str], vectors: Vectors, labels: Sequence[Labels] = ()) -> None:
        """See ``VectorStore``."""
        self._rows.add(keys, checked(keys, vectors, labels, self.dims))
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def remove(self, keys: Sequence[str]) -> int:
        """See ``VectorStore``."""
        gone = self._rows.known(keys)
        if gone:
            keep = np.setdiff1d(np.arange(len(self)), gone)
            labels, names = self._rows.labels(keep), [self._rows.keys[row] for row in keep]
            self._rows = Rows()
            self._rows.add(names, labels)
            self._index.remove_ids(np.array(gone, dtype=np.int64))
        return len(gone)

    def search(self, query: Vectors, top: int, only: Only = ANY) -> Found:
        """See ``VectorStore``."""
        rows = np.flatnonzero(self._rows.allowed(only))
        if not len(rows) or top < 1:
            return Found((), np.zeros(0, dtype=np.float32))
        narrowed = None
        if len(rows) < len(self):
            narrowed = _faiss.SearchParameters(sel=_faiss.IDSelectorBatch(rows))
        cosines, nearest = self._index.search(query[None], min(top, len(rows)), params=narrowed)
        return Found(tuple(self._rows.keys[row] for row in nearest[0]), cosines[0])

    def cosines(self, query: Vectors, keys: Sequence[str]) -> Vectors:
        """See ``VectorStore``."""
        return self.cosines_at(query, self.places(keys))

    def places(self, keys: Sequence[str]) -> NDArray[np.int64]:
        """(len(keys),) where they stand, for ``cosines_at``; true until the next ``remove``. StoreError: unknown key."""
        return self._rows.row(keys)

    def cosines_at(self, query: Vectors, places: NDArray[np.int64]) -> Vectors:
        """``cosines`` of what stands at these places."""
        return np.asarray(self._view()[places] @ query, dtype=np.float32)

    def contents(self) -> tuple[list[str], Vectors, list[Labels]]:
        """Everything in it, in the order it was added."""
        return list(self._rows.keys), self._view().copy(), self._rows.labels(np.arange(len(self)))

    def take(self, keys: Sequence[str]) -> Vectors:
        """(len(keys), dims) the vectors themselves. Raises StoreError for an unknown key."""
        return np.asarray(self._view()[self._rows.row(keys)])

    def save(self, folder: Path) -> None:
        """Write it into ``folder``."""
        self.save_vectors(folder)
        (folder / ROWS).write_text(json.dumps(self._rows.to_json(), ensure_ascii=False), encoding="utf-8")

    def save_vectors(self, folder: Path) -> None:
        """Write the vectors only, for a caller that keeps the keys itself."""
        _faiss.write_index(self._index, str(folder / VECTORS))

    @classmethod
    def load(cls, folder: Path) -> FlatStore:
        """What ``save`` wrote; the caller has verified the files."""
        index = faiss.read_index(str(folder / VECTORS))
        return cls(index.d, Rows.from_json(json.loads((folder / ROWS).read_text(encoding="utf-8"))), index)

    @classmethod
    def load_vectors(cls, folder: Path, keys: Sequence[str]) -> FlatStore:
        """What ``save_vectors`` wrote, for these keys."""
        index, rows = faiss.read_index(str(folder / VECTORS)), Rows()
        rows.add(keys, [UNLABELLED] * len(keys))
        return cls(index.d, rows, index)

    def _view(self) -> Vectors:
        """The vectors where FAISS keeps them; not to be held on to."""
        found = _faiss.rev_swig_ptr(self._index.get_xb(), self._index.ntotal * self.dims)
        return np.asarray(found, dtype=np.float32).reshape(-1, self.dims)
