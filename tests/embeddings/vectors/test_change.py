"""When the local store changes from exact to graph and back, and what it makes of damage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import faiss
import numpy as np
import pytest

from embeddings.errors import EngineUnavailable, IndexCorrupted
from embeddings.vectors.flat import FlatStore
from embeddings.vectors.folders import FolderEngine, new_store
from embeddings.vectors.graph import GraphStore
from embeddings.vectors.growing import GrowingStore
from embeddings.vectors.postgres import PostgresEngine
from embeddings.vectors.protocol import Labels, Only
from embeddings.vectors.tunables import Tunables, tunables

Make = Callable[[int], np.ndarray]
DIMS = 48
SMALL = replace(tunables(), graph_from=300, flat_below=150, narrow_up_to=40, step=100)


def kind(store: GrowingStore) -> type:
    return type(store.inner)


def test_it_changes_by_size_and_back_with_room_between(clustered: Make) -> None:
    vectors, names = clustered(301), [str(i) for i in range(301)]
    store = GrowingStore(DIMS, SMALL)
    store.add(names[:300], vectors[:300])
    assert kind(store) is FlatStore
    store.add(names[300:], vectors[300:])
    assert kind(store) is GraphStore
    store.remove(names[:151])
    assert (kind(store), len(store)) == (GraphStore, 150)
    store.remove(names[151:152])
    assert (kind(store), len(store)) == (FlatStore, 149)
    assert store.search(vectors[200], 1).keys == ("200",)


def test_a_kind_can_be_forced(clustered: Make) -> None:
    assert type(new_store(DIMS, "flat")) is FlatStore
    assert type(new_store(DIMS, "hnsw")) is GraphStore
    assert type(new_store(DIMS)) is GrowingStore


def test_adding_reports_and_does_not_build_anew_but_many_removals_do(clustered: Make) -> None:
    reported: list[int] = []
    vectors, names = clustered(500), [str(i) for i in range(500)]
    graph = GraphStore(DIMS, SMALL, reported.append)
    graph.add(names[:400], vectors[:400])
    assert reported == [100, 200, 300, 400]
    graph.add(names[400:], vectors[400:])
    assert reported[4:] == [500]
    graph.remove(names[:100])
    assert reported[5:] == []
    graph.remove(names[100:101])
    assert reported[5:] == [100, 200, 300, 399]


def test_with_fewer_directions_it_finds_the_same_also_after_reading_it_back(
    tmp_path: Path, clustered: Make
) -> None:
    vectors, names = clustered(900), [str(i) for i in range(900)]
    engine = FolderEngine(tmp_path, "hnsw", replace(SMALL, directions=36))
    store = engine.create(DIMS)
    store.add(names[:600], vectors[:600])
    store.add(names[600:], vectors[600:])
    engine.publish(store, "段落")
    for kept in (store, engine.open("段落")):
        assert isinstance(kept, GraphStore)
        assert isinstance(kept._graph, faiss.IndexPreTransform)
        found = [kept.search(query, 5) for query in vectors[:100]]
        exact = [np.argsort(-(vectors @ query), kind="stable")[:5] for query in vectors[:100]]
        same = sum(len(set(one.keys) & set(map(str, best))) for one, best in zip(found, exact, strict=True))
        assert same >= 0.98 * 5 * 100
        assert [one.keys[0] for one in found] == names[:100]
        assert np.allclose([one.cosines[0] for one in found], 1.0)


def test_with_fewer_directions_what_is_removed_or_not_asked_for_is_not_found(clustered: Make) -> None:
    vectors, names = clustered(900), [str(i) for i in range(900)]
    graph = GraphStore(DIMS, replace(SMALL, directions=36))
    graph.add(names, vectors, [Labels("海曙" if i % 2 else "镇海") for i in range(900)])
    assert graph.search(vectors[7], 1).keys == ("7",)
    for gone in ("7", "9"):
        graph.remove([gone])
        assert gone not in graph.search(vectors[int(gone)], 20).keys
    here = graph.search(vectors[8], 20, Only(districts=("海曙",))).keys
    assert len(here) == 20
    assert all(int(name) % 2 for name in here)
    graph.add(["again"], vectors[7:8])
    assert (graph.search(vectors[7], 1).keys, len(graph)) == (("again",), 899)


def test_of_few_vectors_no_directions_are_learned(clustered: Make) -> None:
    graph = GraphStore(DIMS, replace(SMALL, directions=36))
    graph.add([str(i) for i in range(100)], clustered(100))
    assert isinstance(graph._graph, faiss.IndexHNSWSQ)
    assert graph.search(clustered(100)[7], 1).keys == ("7",)


@pytest.mark.parametrize("change", [{"flat_below": 400}, {"removed_share": 0.0}, {"removed_share": 1.0}])
def test_figures_that_contradict_each_other_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        replace(SMALL, **change)


def test_the_projects_figures_are_read() -> None:
    found = tunables()
    assert Tunables(**asdict(found)) == found
    assert found.flat_below < found.graph_from


@pytest.mark.parametrize("name", ["graph.faiss", "vectors.npy", "rows.json", "manifest.json"])
def test_damaged_files_are_not_read(tmp_path: Path, clustered: Make, name: str) -> None:
    engine = FolderEngine(tmp_path, "hnsw", SMALL)
    store = engine.create(DIMS)
    store.add([str(i) for i in range(400)], clustered(400))
    engine.publish(store, "段落")
    path = next(tmp_path.glob(f"*/*/{name}"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(IndexCorrupted, match=name if name != "manifest.json" else "manifest"):
        engine.open("段落")


def test_a_database_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(EngineUnavailable, match="VECTOR_DSN") as caught:
        PostgresEngine("postgresql://haishu:geheim123@127.0.0.1:9/none")
    assert "geheim123" not in str(caught.value)
    with pytest.raises(EngineUnavailable, match="'mysql'"):
        PostgresEngine("mysql://haishu@127.0.0.1/none")
