"""Exact while there are few vectors, by graph when there are many; the change happens by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.vectors.flat import FlatStore
from embeddings.vectors.graph import GraphStore
from embeddings.vectors.protocol import ANY, Found, Labels, Only, Vectors
from embeddings.vectors.rows import checked
from embeddings.vectors.tunables import Tunables, tunables

Local = FlatStore | GraphStore


class GrowingStore:
    """Flat up to ``graph_from`` vectors, a graph beyond; Flat again below ``flat_below``."""

    def __init__(self, dims: int, tuned: Tunables | None = None, inner: Local | None = None) -> None:
        """:param inner: a store to go on with; without it an empty one"""
        self.dims = dims
        self._tuned = tuned or tunables()
        self.inner: Local = inner or FlatStore(dims)

    def __len__(self) -> int:
        return len(self.inner)

    def add(self, keys: Sequence[str], vectors: Vectors, labels: Sequence[Labels] = ()) -> None:
        """See ``VectorStore``."""
        if isinstance(self.inner, FlatStore) and len(self) + len(keys) > self._tuned.graph_from:
            self.inner = self._grown(keys, vectors, labels)
        else:
            self.inner.add(keys, vectors, labels)

    def remove(self, keys: Sequence[str]) -> int:
        """See ``VectorStore``."""
        gone = self.inner.remove(keys)
        if isinstance(self.inner, GraphStore) and len(self) < self._tuned.flat_below:
            flat = FlatStore(self.dims)
            flat.add(*self.inner.contents())
            self.inner = flat
        return gone

    def search(self, query: Vectors, top: int, only: Only = ANY) -> Found:
        """See ``VectorStore``."""
        return self.inner.search(query, top, only)

    def cosines(self, query: Vectors, keys: Sequence[str]) -> Vectors:
        """See ``VectorStore``."""
        return self.inner.cosines(query, keys)

    def _grown(self, keys: Sequence[str], vectors: Vectors, labels: Sequence[Labels]) -> GraphStore:
        graph = GraphStore(self.dims, self._tuned)
        given = checked(keys, vectors, labels, self.dims)
        if not len(self.inner):
            graph.add(keys, vectors, given)
            return graph
        # in one go, so that the graph's 8-bit scale is taken from all of them
        held, old, known = self.inner.contents()
        graph.add([*held, *keys], np.concatenate([old, vectors]), [*known, *given])
        return graph
