"""A published generation in memory: vectors and BM25 of every collection, ready to be searched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.embedded import Embedded
from embeddings.entries import Entry
from embeddings.late import TokenMatrix
from embeddings.lexical import BM25, TermWeights
from embeddings.vectors.flat import FlatStore
from embeddings.vectors.graph import GRAPH, GraphStore
from embeddings.vectors.protocol import ANY, Only, Vectors, VectorStore

ENTRIES, LEXICAL = "entries.json", "bm25"


class Collection:
    """One named list of entries. Row i of everything belongs to ``keys[i]``.

    ``far`` ones are too many to be compared one by one, or kept in an engine beside this process: ask for the
    nearest of them, or for the cosines of some.
    """

    def __init__(
        self,
        keys: Sequence[str],
        near: VectorStore,
        lexical: BM25,
        tokens: TokenMatrix | None = None,
        local: FlatStore | GraphStore | None = None,
    ) -> None:
        """:param local: holds the same vectors as ``near`` in this process; without it ``near`` does"""
        self.keys = tuple(keys)
        self.rows: Mapping[str, int] = {key: row for row, key in enumerate(self.keys)}
        self._near, self._lexical, self.tokens = near, lexical, tokens
        self._local = local or near
        self.far = not isinstance(near, FlatStore)

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def vectors(self) -> Vectors:
        """(n, dims) all vectors. By columns: one against all is then read in order, three times as fast."""
        return np.asfortranarray(self.take(range(len(self))))

    def take(self, rows: Sequence[int]) -> Vectors:
        """(len(rows), dims) some vectors."""
        if not isinstance(self._local, FlatStore | GraphStore):
            raise TypeError(f"{type(self._local).__name__} keeps its vectors elsewhere")
        return self._local.take([self.keys[row] for row in rows])

    def dense(self, query: Vectors) -> Vectors:
        """(n,) cosine of every entry to the unit vector ``query`` (dims,); exact."""
        return self._near.cosines(query, self.keys) if self.far else self.vectors @ query

    def cosines(self, query: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """(len(rows),) cosine of some entries; exact."""
        if isinstance(self._near, FlatStore):
            return self._near.cosines_at(query, self._places[rows])
        return self._near.cosines(query, [self.keys[row] for row in rows])

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """Where the store in this process keeps each row, so that keys need not be looked up at every question."""
        assert isinstance(self._near, FlatStore)
        return self._near.places(self.keys)

    def nearest(self, query: Vectors, top: int, only: Only = ANY) -> tuple[NDArray[np.int64], Vectors]:
        """Rows and cosines of the ``top`` nearest entries that ``only`` lets, best first."""
        found = self._near.search(query, min(top, len(self)), only)
        return np.array([self.rows[key] for key in found.keys], dtype=np.int64), found.cosines

    def served_by(self, near: VectorStore) -> Collection:
        """The same entries, asked from another store that holds their vectors."""
        local = self._local if isinstance(self._local, FlatStore | GraphStore) else None
        return Collection(self.keys, near, self._lexical, self.tokens, local)

    def lexical(self, query: str) -> Vectors:
        """(n,) BM25 score of every entry."""
        return self._lexical.scores(query)

    def late(self, question: Vectors, rows: Sequence[int], whole: bool = False) -> Vectors:
        """(len(rows),) late-interaction score of some entries; zeros if published without token vectors.

        :param whole: see ``TokenMatrix.max_similarity``
        """
        if self.tokens is None:
            return np.zeros(len(rows), dtype=np.float32)
        return self.tokens.max_similarity(question, rows, whole)


@dataclass(frozen=True)
class Index:
    """What ``Store.open_current`` hands out. ``fallback`` says why it is not the newest, else ''."""

    generation: str
    encoder: str
    corpus_hash: str
    collections: Mapping[str, Collection]
    fallback: str = ""

    def collection(self, name: str) -> Collection:
        """The collection published under ``name``; KeyError names those there are."""
        if name not in self.collections:
            raise KeyError(f"collection {name!r} is not in the index; it holds {sorted(self.collections)}")
        return self.collections[name]


def write_collection(
    folder: Path,
    entries: Sequence[Entry],
    hashes: Sequence[str],
    vectors: FlatStore | GraphStore,
    tokens: TokenMatrix | None = None,
    words: TermWeights | None = None,
) -> None:
    """Write one collection's files into the new folder ``folder``."""
    folder.mkdir()
    listing = {"keys": [entry.key for entry in entries], "hashes": list(hashes)}
    (folder / ENTRIES).write_text(json.dumps(listing, ensure_ascii=False), encoding="utf-8")
    if isinstance(vectors, GraphStore):
        vectors.save(folder)
    else:  # its rows are those of the entries
        vectors.save_vectors(folder)
    BM25([entry.text for entry in entries], words).save(folder / LEXICAL)
    if tokens is not None:
        tokens.save(folder)


def read_collection(folder: Path) -> Collection:
    """Read one collection; the caller has verified the files (FAISS trusts what it reads)."""
    keys, _ = read_listing(folder)
    return Collection(keys, read_vectors(folder, keys), BM25.load(folder / LEXICAL), TokenMatrix.load(folder))


def read_listing(folder: Path) -> tuple[list[str], list[str]]:
    """Keys and text hashes of a verified collection, by row."""
    listing = json.loads((folder / ENTRIES).read_text(encoding="utf-8"))
    return listing["keys"], listing["hashes"]


def read_vectors(folder: Path, keys: Sequence[str]) -> FlatStore | GraphStore:
    """The vectors of a verified collection."""
    if (folder / GRAPH).exists():
        return GraphStore.load(folder)
    return FlatStore.load_vectors(folder, keys)


def read_embedded(folder: Path, known: Embedded) -> None:
    """Add a verified collection's vectors to ``known``, for reuse by the next generation."""
    keys, hashes = read_listing(folder)
    known.vectors.update(zip(hashes, read_vectors(folder, keys).take(keys), strict=True))
    if tokens := TokenMatrix.load(folder):
        known.tokens.update((digest, tokens.text(row)) for row, digest in enumerate(hashes))
