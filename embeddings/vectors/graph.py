"""Search by graph (HNSW): a few hundred vectors are compared, however many there are.

The graph compares along the directions in which the vectors differ most, with 8 bits each, in memory: what a search
costs is fetching codes from all over it. What it finds is compared again with the vectors themselves, which may stay on
the disk, so that cosines are exact and the order suffers little.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.vectors.blocks import Blocks
from embeddings.vectors.protocol import ANY, Found, Labels, Only, Vectors
from embeddings.vectors.rows import Rows, checked
from embeddings.vectors.tunables import Tunables, tunables

_faiss: Any = faiss  # its type stubs know a part of it only
Progress = Callable[[int], None]
_TOLD = 4  # vectors a dimension
GRAPH, EXACT, ROWS = "graph.faiss", "vectors.npy", "rows.json"


class GraphStore:
    """FAISS HNSW over 8-bit codes of fewer directions. Removed vectors stay as way-marks until too many are."""

    def __init__(self, dims: int, tuned: Tunables | None = None, report: Progress | None = None) -> None:
        """:param report: called with the number of vectors in the graph, every ``step`` of them"""
        self.dims = dims
        self._tuned = tuned or tunables()
        self._report = report or (lambda _count: None)
        self._rows, self._exact = Rows(), Blocks(dims)
        self._alive: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._living = 0  # how many of them are
        self._packed: NDArray[np.uint8] | None = None  # which, for FAISS; made when it is first asked for
        self._graph: Any = self._new_graph(0)

    def __len__(self) -> int:
        return self._living

    def add(self, keys: Sequence[str], vectors: Vectors, labels: Sequence[Labels] = ()) -> None:
        """See ``VectorStore``."""
        self._rows.add(keys, checked(keys, vectors, labels, self.dims))
        if not keys:
            return
        self._exact.append(vectors)
        self._alive = np.append(self._alive, np.ones(len(keys), dtype=bool))
        self._living, self._packed = self._living + len(keys), None
        if not self._graph.is_trained:
            known = np.array(vectors[: self._tuned.train], dtype=np.float32)
            self._graph = self._new_graph(len(known))
            self._graph.train(known)
        for part in self._steps(vectors):
            self._graph.add(part)
            self._report(self._graph.ntotal)

    def remove(self, keys: Sequence[str]) -> int:
        """See ``VectorStore``."""
        gone = self._rows.known(keys)
        self._rows.forget(gone)
        self._alive[gone] = False
        self._living, self._packed = self._living - len(gone), None
        if len(self) < (1 - self._tuned.removed_share) * len(self._alive):
            self._rebuild()
        return len(gone)

    def search(self, query: Vectors, top: int, only: Only = ANY) -> Found:
        """See ``VectorStore``."""
        # Counting a million takes as long as a search: where everything is allowed, what is there is known.
        allowed = self._alive if only == ANY else self._alive & self._rows.allowed(only)
        count = len(self) if only == ANY else int(allowed.sum())
        if not count or top < 1:
            return Found((), np.zeros(0, dtype=np.float32))
        if count <= self._tuned.narrow_up_to:
            rows = np.flatnonzero(allowed)
        else:
            rows = self._candidates(query, top, allowed, count)
        cosines = self._exact.take(rows) @ query
        best = np.argsort(-cosines, kind="stable")[:top]
        return Found(tuple(self._rows.keys[row] for row in rows[best]), cosines[best])

    def cosines(self, query: Vectors, keys: Sequence[str]) -> Vectors:
        """See ``VectorStore``."""
        return np.asarray(self._exact.take(self._rows.row(keys)) @ query, dtype=np.float32)

    def take(self, keys: Sequence[str]) -> Vectors:
        """(len(keys), dims) the vectors themselves. Raises StoreError for an unknown key."""
        return self._exact.take(self._rows.row(keys))

    def labels(self, keys: Sequence[str]) -> list[Labels]:
        """What they are labelled with. Raises StoreError for an unknown key."""
        return self._rows.labels(self._rows.row(keys))

    def contents(self) -> tuple[list[str], Vectors, list[Labels]]:
        """Everything in it that is not removed, in the order it was added."""
        rows = np.flatnonzero(self._alive)
        return [self._rows.keys[row] for row in rows], self._exact.take(rows), self._rows.labels(rows)

    def save(self, folder: Path) -> None:
        """Write it into ``folder``."""
        _faiss.write_index(self._graph, str(folder / GRAPH))
        self._exact.save(folder / EXACT)
        rows = {**self._rows.to_json(), "removed": np.flatnonzero(~self._alive).tolist()}
        (folder / ROWS).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, tuned: Tunables | None = None) -> GraphStore:
        """What ``save`` wrote; the caller has verified the files. The exact vectors stay on the disk."""
        exact = np.load(folder / EXACT, mmap_mode="r", allow_pickle=False)
        found = cls(exact.shape[1], tuned)
        found._graph = _faiss.read_index(str(folder / GRAPH))
        listing = json.loads((folder / ROWS).read_text(encoding="utf-8"))
        found._rows = Rows.from_json(listing)
        found._exact.append(exact)
        found._alive = np.ones(len(exact), dtype=bool)
        found._alive[listing["removed"]] = False
        found._living = int(found._alive.sum())
        found._rows.hide(listing["removed"])
        return found

    def _candidates(
        self, query: Vectors, top: int, allowed: NDArray[np.bool_], count: int
    ) -> NDArray[np.int64]:
        wanted = min(count, self._tuned.refine * top)
        narrowed = None
        if count < len(allowed):
            # held by a name: FAISS keeps only the address
            bits = self._alive_bits() if allowed is self._alive else _bits(allowed)
            narrowed = _faiss.IDSelectorBitmap(bits)
        wider = min(self._tuned.widen, -(-len(allowed) // count))
        breadth = max(wanted, self._tuned.search * wider)
        settings = walk = _faiss.SearchParametersHNSW(efSearch=breadth, sel=narrowed)
        if isinstance(self._graph, faiss.IndexPreTransform):
            settings = _faiss.SearchParametersPreTransform(index_params=walk)
        rows = self._graph.search(query[None], wanted, params=settings)[1][0]
        return np.asarray(rows[rows >= 0], dtype=np.int64)

    def _alive_bits(self) -> NDArray[np.uint8]:
        if self._packed is None:
            self._packed = _bits(self._alive)
        return self._packed

    def _rebuild(self) -> None:
        keys, vectors, labels = self.contents()
        self._rows, self._exact = Rows(), Blocks(self.dims)
        self._alive, self._living = np.zeros(0, dtype=bool), 0
        self._graph = self._new_graph(0)
        self.add(keys, vectors, labels)

    def _steps(self, vectors: Vectors) -> Iterator[Vectors]:
        for start in range(0, len(vectors), self._tuned.step):
            yield np.array(vectors[start : start + self._tuned.step], dtype=np.float32)

    def _new_graph(self, known: int) -> Any:
        """:param known: from how many vectors the directions can be learned; few tell nothing of them"""
        fewer = min(self._tuned.directions, self.dims)
        if fewer == self.dims or known < _TOLD * self.dims:
            return self._walkable(self.dims, _faiss.METRIC_INNER_PRODUCT)
        # Their common part is taken off first, so it is no longer the cosine: between unit vectors distance orders alike.
        graph = self._walkable(fewer, _faiss.METRIC_L2)
        return _faiss.IndexPreTransform(_faiss.PCAMatrix(self.dims, fewer), graph)

    def _walkable(self, dims: int, metric: int) -> Any:
        graph = _faiss.IndexHNSWSQ(dims, _faiss.ScalarQuantizer.QT_8bit, self._tuned.links, metric)
        graph.hnsw.efConstruction = self._tuned.build
        return graph


def _bits(allowed: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(allowed, bitorder="little")
