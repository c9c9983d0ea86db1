"""What every vector store promises, on each engine: exact, graph, the one that changes, and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from embeddings.errors import IndexMissing, StoreError
from embeddings.vectors.protocol import ANY, Labels, Only, VectorEngine, VectorStore

Make = Callable[[int], np.ndarray]
DIMS = 48
PLACES = ("海曙", "镇海", "鄞州")


def keys(number: int, start: int = 0) -> list[str]:
    return [f"段{i}" for i in range(start, start + number)]


def labels(number: int) -> list[Labels]:
    return [Labels(PLACES[i % 3], (2018 + i % 5, 2025)) for i in range(number)]


def filled(engine: VectorEngine, vectors: np.ndarray) -> VectorStore:
    store = engine.create(DIMS)
    store.add(keys(len(vectors)), vectors, labels(len(vectors)))
    return store


def nearest(vectors: np.ndarray, query: np.ndarray, top: int, rows: Sequence[int]) -> list[str]:
    """The naive reference: compare everything."""
    best = sorted(rows, key=lambda row: -float(vectors[row] @ query))[:top]
    return [f"段{row}" for row in best]


def recall(store: VectorStore, vectors: np.ndarray, rows: Sequence[int], only: Only = ANY) -> float:
    queries, hits = vectors[::23], 0
    for query in queries:
        hits += len(set(store.search(query, 10, only).keys) & set(nearest(vectors, query, 10, rows)))
    return hits / sum(min(10, len(rows)) for _ in queries)


@pytest.mark.parametrize("number", [120, 900])
def test_what_is_found_is_what_comparing_everything_finds(
    engine: VectorEngine, clustered: Make, number: int
) -> None:
    vectors = clustered(number)
    store = filled(engine, vectors)
    assert (len(store), store.dims) == (number, DIMS)
    assert recall(store, vectors, range(number)) >= 0.98
    found = store.search(vectors[5], 10)
    assert found.keys[0] == "段5"
    np.testing.assert_allclose(found.cosines, store.cosines(vectors[5], found.keys), atol=1e-5)
    np.testing.assert_allclose(
        found.cosines, [vectors[int(key[1:])] @ vectors[5] for key in found.keys], atol=1e-5
    )
    assert np.all(np.diff(found.cosines) <= 1e-6)


@pytest.mark.parametrize(
    "only",
    [
        Only(districts=("海曙",)),
        Only(districts=("海曙", "镇海"), years=(2019, 2020)),
        Only(years=(2025,)),
        Only(years=(2022, 1999)),
        Only(districts=("鄞州",), years=(2018,)),
    ],
)
def test_a_narrowed_search_finds_only_what_it_may_and_all_of_that(
    engine: VectorEngine, clustered: Make, only: Only
) -> None:
    vectors = clustered(900)
    store, rows = filled(engine, vectors), [i for i, found in enumerate(labels(900)) if only.lets(found)]
    assert recall(store, vectors, rows, only) >= 0.98
    assert set(store.search(vectors[0], 50, only).keys) <= {f"段{row}" for row in rows}


def test_a_search_gives_no_more_than_there_is(engine: VectorEngine, clustered: Make) -> None:
    vectors = clustered(4)
    store = engine.create(DIMS)
    assert (len(store), store.search(vectors[0], 5).keys) == (0, ())
    store.add(keys(4), vectors, labels(4))
    assert len(store.search(vectors[0], 99).keys) == 4
    assert store.search(vectors[0], 0).keys == ()
    assert store.search(vectors[0], 5, Only(districts=("江北",))).keys == ()
    store.add(["无标"], clustered(5)[4:])
    assert "无标" in store.search(vectors[0], 5).keys
    assert "无标" not in store.search(vectors[0], 5, Only(districts=PLACES)).keys


@pytest.mark.parametrize("number", [120, 900])
def test_removed_vectors_are_never_found_again(engine: VectorEngine, clustered: Make, number: int) -> None:
    vectors = clustered(number)
    store = filled(engine, vectors)
    gone = [key for i, key in enumerate(keys(number)) if i % 4 == 0]
    assert store.remove([*gone, "没有过"]) == len(gone)
    assert (len(store), store.remove(gone)) == (number - len(gone), 0)
    left = [i for i in range(number) if i % 4]
    assert recall(store, vectors, left) >= 0.98
    assert not set(gone) & {key for query in vectors[::9] for key in store.search(query, 20).keys}
    with pytest.raises(StoreError, match="'段0' is not in the store"):
        store.cosines(vectors[0], ["段1", "段0"])


def test_what_was_removed_can_be_added_with_another_vector(engine: VectorEngine, clustered: Make) -> None:
    vectors = clustered(400)
    store = filled(engine, vectors)
    store.remove(["段3"])
    store.add(["段3"], -vectors[3:4], [Labels("镇海", (2031,))])
    assert store.search(-vectors[3], 1).keys == ("段3",)
    assert store.search(vectors[3], 5, Only(years=(2031,))).keys == ("段3",)
    assert store.cosines(vectors[3], ["段3"])[0] == pytest.approx(-1, abs=1e-5)


def test_growing_by_pieces_is_like_growing_at_once(engine: VectorEngine, clustered: Make) -> None:
    vectors, store = clustered(900), engine.create(DIMS)
    for start in range(0, 900, 90):
        piece = slice(start, start + 90)
        store.add(keys(90, start), vectors[piece], labels(900)[piece])
    assert recall(store, vectors, range(900)) >= 0.98
    rest = list(range(800, 900))
    store.remove(keys(800))
    assert recall(store, vectors, rest) >= 0.98
    store.add(keys(800), vectors[:800], labels(800))
    assert recall(store, vectors, range(900)) >= 0.98


@pytest.mark.parametrize(
    ("names", "shape", "given", "words"),
    [
        (["甲", "甲"], (2, DIMS), 0, "1 of 2 keys are repeated"),
        (["甲", "段1"], (2, DIMS), 0, "'段1'"),
        (["甲"], (1, DIMS - 1), 0, "dimensions"),
        (["甲", "乙"], (1, DIMS), 0, "2 keys"),
        (["甲", "乙"], (2, DIMS), 1, "1 labels given for 2 keys"),
    ],
)
def test_what_does_not_belong_together_is_refused_whole(
    engine: VectorEngine, clustered: Make, names: list[str], shape: tuple[int, int], given: int, words: str
) -> None:
    store = filled(engine, clustered(10))
    with pytest.raises(StoreError, match=words):
        store.add(names, np.ones(shape, dtype=np.float32), [Labels("海曙")] * given)
    assert len(store) == 10
    assert "甲" not in store.search(clustered(10)[0], 20).keys


@pytest.mark.parametrize("number", [120, 900])
def test_what_is_published_is_what_is_opened(engine: VectorEngine, clustered: Make, number: int) -> None:
    vectors = clustered(number)
    store = filled(engine, vectors)
    store.remove(["段7"])
    engine.publish(store, "版本一/段落")
    again = engine.open("版本一/段落")
    assert (len(again), again.dims) == (number - 1, DIMS)
    for query in vectors[::31]:
        for only in (ANY, Only(districts=("海曙",), years=(2019,))):
            before, after = store.search(query, 10, only), again.search(query, 10, only)
            assert before.keys == after.keys
            np.testing.assert_allclose(before.cosines, after.cosines, atol=1e-6)


def test_changes_stay_their_own_until_they_are_published(engine: VectorEngine, clustered: Make) -> None:
    vectors = clustered(400)
    engine.publish(filled(engine, vectors[:350]), "段落")
    draft = engine.open("段落")
    draft.remove(["段0"])
    draft.add(keys(50, 350), vectors[350:], labels(400)[350:])
    assert (len(draft), len(engine.open("段落"))) == (399, 350)
    assert engine.open("段落").search(vectors[0], 1).keys == ("段0",)
    engine.publish(draft, "段落")
    served = engine.open("段落")
    assert len(served) == 399
    assert "段0" not in served.search(vectors[0], 20).keys
    assert served.search(vectors[399], 1).keys == ("段399",)


def test_names_are_kept_apart_and_can_be_dropped(engine: VectorEngine, clustered: Make) -> None:
    vectors = clustered(20)
    engine.publish(filled(engine, vectors), "甲/段落")
    engine.publish(filled(engine, vectors[:5]), "乙/段落")
    assert (len(engine.open("甲/段落")), len(engine.open("乙/段落"))) == (20, 5)
    engine.drop("甲/段落")
    engine.drop("从未有过")
    with pytest.raises(IndexMissing, match="甲/段落"):
        engine.open("甲/段落")
    assert len(engine.open("乙/段落")) == 5
