"""A published generation in memory: vectors and BM25 of every collection, ready to be searched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.embedded import Embedded
from embeddings.entries import Entry
from embeddings.late import TokenMatrix
from embeddings.lexical import BM25, TermWeights

Vectors = NDArray[np.float32]
ENTRIES, VECTORS, LEXICAL = "entries.json", "vectors.faiss", "bm25"
# Exact search takes under 2 ms up to here; beyond, a graph gives 99 % of it in a tenth of the time.
EXACT_UP_TO = 20_000
GRAPH_LINKS, GRAPH_BUILD, GRAPH_SEARCH = 32, 80, 128


class Collection:
    """One named list of entries. Row i of everything belongs to ``keys[i]``."""

    def __init__(
        self, keys: Sequence[str], index: faiss.Index, lexical: BM25, tokens: TokenMatrix | None = None
    ) -> None:
        self.keys = tuple(keys)
        self.rows: Mapping[str, int] = {key: row for row, key in enumerate(self.keys)}
        # By columns: one vector against all of them is then read in order, three times as fast.
        self.vectors: Vectors = np.asfortranarray(index.reconstruct_n(0, index.ntotal))
        self._index = index
        self._lexical = lexical
        self.tokens = tokens

    def __len__(self) -> int:
        return len(self.keys)

    def dense(self, query: Vectors) -> Vectors:
        """(n,) cosine of every entry to the unit vector ``query`` (dims,); exact."""
        return self.vectors @ query

    def nearest(self, query: Vectors, top: int) -> tuple[NDArray[np.int64], Vectors]:
        """Rows and cosines of the ``top`` nearest entries, best first, by FAISS."""
        scores, rows = self._index.search(query[None], min(top, len(self)))
        found = rows[0] >= 0  # a graph may find fewer than asked for
        return rows[0][found], scores[0][found]

    def lexical(self, query: str) -> Vectors:
        """(n,) BM25 score of every entry."""
        return self._lexical.scores(query)

    def late(self, question: Vectors, rows: Sequence[int]) -> Vectors:
        """(len(rows),) late-interaction score of some entries; zeros if published without token vectors."""
        if self.tokens is None:
            return np.zeros(len(rows), dtype=np.float32)
        return self.tokens.max_similarity(question, rows)


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


def build_vectors(vectors: Vectors, exact_up_to: int = EXACT_UP_TO) -> faiss.Index:
    """Inner-product index over unit rows: exact when small, an HNSW graph when large."""
    count, dims = vectors.shape
    if count <= exact_up_to:
        index: faiss.Index = faiss.IndexFlatIP(dims)
    else:
        graph = faiss.IndexHNSWFlat(dims, GRAPH_LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = GRAPH_BUILD
        graph.hnsw.efSearch = GRAPH_SEARCH
        index = graph
    index.add(vectors)
    return index


def write_collection(
    folder: Path,
    entries: Sequence[Entry],
    hashes: Sequence[str],
    index: faiss.Index,
    tokens: TokenMatrix | None = None,
    words: TermWeights | None = None,
) -> None:
    """Write one collection's files into the new folder ``folder``."""
    folder.mkdir()
    listing = {"keys": [entry.key for entry in entries], "hashes": list(hashes)}
    (folder / ENTRIES).write_text(json.dumps(listing, ensure_ascii=False), encoding="utf-8")
    faiss.write_index(index, str(folder / VECTORS))
    BM25([entry.text for entry in entries], words).save(folder / LEXICAL)
    if tokens is not None:
        tokens.save(folder)


def read_collection(folder: Path) -> Collection:
    """Read one collection; the caller has verified the files (FAISS trusts what it reads)."""
    listing = json.loads((folder / ENTRIES).read_text(encoding="utf-8"))
    vectors = faiss.read_index(str(folder / VECTORS))
    return Collection(listing["keys"], vectors, BM25.load(folder / LEXICAL), TokenMatrix.load(folder))


def read_embedded(folder: Path, known: Embedded) -> None:
    """Add a verified collection's vectors to ``known``, for reuse by the next generation."""
    hashes = json.loads((folder / ENTRIES).read_text(encoding="utf-8"))["hashes"]
    index = faiss.read_index(str(folder / VECTORS))
    known.vectors.update(zip(hashes, index.reconstruct_n(0, index.ntotal), strict=True))
    if tokens := TokenMatrix.load(folder):
        known.tokens.update((digest, tokens.text(row)) for row, digest in enumerate(hashes))
