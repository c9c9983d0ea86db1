"""The vectors of a new generation: exact while they are few, else the graph before it with what changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from embeddings.entries import Entry
from embeddings.index import read_listing
from embeddings.vectors.flat import FlatStore
from embeddings.vectors.graph import GRAPH, GraphStore
from embeddings.vectors.protocol import Vectors


def has_graph(folder: Path) -> bool:
    """Whether a collection was published with a graph."""
    return (folder / GRAPH).exists()


def fill_vectors(
    entries: Sequence[Entry],
    hashes: Sequence[str],
    vectors: Vectors,
    exact_up_to: int,
    before: Path | None = None,
) -> FlatStore | GraphStore:
    """A store of these entries, row by row.

    :param before: a verified collection whose graph is grown by what is new and thinned by what is gone
    """
    dims, keys = vectors.shape[1], [entry.key for entry in entries]
    if len(entries) <= exact_up_to:
        flat = FlatStore(dims)
        flat.add(keys, vectors, [entry.labels for entry in entries])
        return flat
    if before is None:
        graph, new = GraphStore(dims), list(range(len(entries)))
    else:
        graph = GraphStore.load(before)
        kept = _thinned(graph, before, entries, hashes)
        new = [row for row, entry in enumerate(entries) if entry.key not in kept]
    graph.add([keys[row] for row in new], vectors[new], [entries[row].labels for row in new])
    return graph


def _thinned(graph: GraphStore, before: Path, entries: Sequence[Entry], hashes: Sequence[str]) -> set[str]:
    """Take out of the graph what is gone, or reads or is labelled differently now; the keys of what stays."""
    wanted = {entry.key: (digest, entry.labels) for entry, digest in zip(entries, hashes, strict=True)}
    keys, old = read_listing(before)
    known = zip(keys, zip(old, graph.labels(keys), strict=True), strict=True)
    gone = {key for key, facts in known if wanted.get(key) != facts}
    graph.remove(sorted(gone))
    return set(keys) - gone
