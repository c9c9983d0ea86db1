"""Generations: published whole, refused when damaged or foreign, reused, rolled back."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import Encoder
from embeddings.errors import IndexCorrupted, IndexMismatch, IndexMissing, StoreError
from embeddings.store import Entry, Store
from tests.embeddings.hashing import HashingEncoder

TEXTS = ["全区有居家养老机构273家", "人才总量达到43万人", "新增高新技术企业30家", "建成助餐点120个"]
ENTRIES = [Entry(f"p{i}", text) for i, text in enumerate(TEXTS)]
PARTS = {"passages": ENTRIES, "clauses": [Entry(f"c{i}", text[:6]) for i, text in enumerate(TEXTS)]}


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "index")


def folder_of(store: Store, generation: str) -> Path:
    return store.root / "generations" / generation


def test_what_is_published_can_be_searched(store: Store, onnx: Encoder) -> None:
    generation = store.publish(PARTS, onnx, "corpus-1")
    index = store.open_current(onnx.name, "corpus-1")
    assert (index.generation, index.encoder, index.fallback) == (generation, onnx.name, "")
    passages = index.collection("passages")
    assert passages.keys == ("p0", "p1", "p2", "p3")
    assert passages.rows["p2"] == 2
    assert len(passages) == 4
    question = "海曙有多少家养老机构"
    vector = onnx.encode_queries([question])[0]
    np.testing.assert_allclose(passages.vectors, onnx.encode_passages(TEXTS), atol=0.05)
    np.testing.assert_allclose(passages.dense(vector), passages.vectors @ vector, rtol=1e-6)
    rows, scores = passages.nearest(vector, 2)
    assert rows.tolist() == np.argsort(-passages.dense(vector))[:2].tolist()
    np.testing.assert_allclose(scores, passages.dense(vector)[rows], rtol=1e-5)
    assert rows[0] == passages.lexical(question).argmax() == 0
    assert len(index.collection("clauses")) == 4
    assert len(passages.nearest(vector, 99)[0]) == 4
    with pytest.raises(KeyError, match=r"'facts' is not in the index; it holds \['clauses', 'passages'\]"):
        index.collection("facts")


def test_the_manifest_says_what_it_is_made_of(store: Store, encoder: HashingEncoder) -> None:
    generation = store.publish(PARTS, encoder, "corpus-1")
    facts = json.loads((folder_of(store, generation) / "manifest.json").read_text(encoding="utf-8"))
    assert (facts["encoder"], facts["dims"], facts["corpus"]) == (encoder.name, 32, "corpus-1")
    assert facts["counts"] == {"passages": 4, "clauses": 4}
    on_disk = {
        p.relative_to(folder_of(store, generation)).as_posix()
        for p in folder_of(store, generation).rglob("*")
        if p.is_file()
    }
    assert set(facts["files"]) == on_disk - {"manifest.json"}
    (listed,) = store.list()
    assert listed.current
    assert listed.id == generation
    assert listed.counts == facts["counts"]


def test_nothing_published_is_said(store: Store) -> None:
    with pytest.raises(IndexMissing, match=r"holds no published index\. Build the index"):
        store.open_current("any", "any")
    assert store.list() == ()


def test_another_encoder_or_corpus_is_refused(store: Store, encoder: HashingEncoder) -> None:
    store.publish(PARTS, encoder, "corpus-1")
    with pytest.raises(IndexMismatch, match=r"encoder 'hashing:1', but 'other' is in use\. Build"):
        store.open_current("other", "corpus-1")
    with pytest.raises(IndexMismatch, match=r"corpus 'corpus-1', but 'corpus-2' is in use\. Build"):
        store.open_current(encoder.name, "corpus-2")


def every_file(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [flip, cut, Path.unlink])
def test_every_damaged_file_is_refused_by_name(store: Store, encoder: HashingEncoder, harm) -> None:
    generation = store.publish(PARTS, encoder, "corpus-1", late=["clauses"])
    folder = folder_of(store, generation)
    sound = store.root / "sound"
    shutil.copytree(folder, sound)
    files = every_file(folder)
    assert len(files) == 17  # manifest; entries, FAISS and five of BM25 twice; two of token vectors
    for path in files:
        if path.name == "manifest.json" and harm is cut:
            continue  # only its closing newline is lost: still the same facts
        harm(path)
        name = path.relative_to(folder).as_posix()
        assert store.verify(generation) == (name,)
        with pytest.raises(IndexCorrupted, match=name):
            store.open_current(encoder.name, "corpus-1")
        with pytest.raises(IndexCorrupted):
            store.rollback(generation)
        shutil.rmtree(folder)
        shutil.copytree(sound, folder)
    assert store.open_current(encoder.name, "corpus-1").generation == generation


@pytest.mark.parametrize("missing", ["encoder", "counts", "files", "format"])
def test_a_manifest_without_a_fact_is_refused(store: Store, encoder: HashingEncoder, missing: str) -> None:
    generation = store.publish(PARTS, encoder, "corpus-1")
    path = folder_of(store, generation) / "manifest.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    del facts[missing]
    path.write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(IndexCorrupted, match=r"manifest\.json cannot be read"):
        store.open_current(encoder.name, "corpus-1")
    assert store.list() == ()


def test_the_last_good_generation_goes_on_serving(
    store: Store, encoder: HashingEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    good = store.publish({"passages": ENTRIES[:3]}, encoder, "corpus-1")
    bad = store.publish({"passages": ENTRIES}, encoder, "corpus-1")
    flip(folder_of(store, bad) / "passages" / "vectors.faiss")
    with caplog.at_level(logging.ERROR):
        index = store.open_current(encoder.name, "corpus-1")
    assert index.generation == good
    assert index.collection("passages").keys == ("p0", "p1", "p2")
    for words in (bad, "passages/vectors.faiss", f"Serving {good} instead"):
        assert words in index.fallback
        assert words in caplog.text


def test_a_foreign_current_generation_falls_back_to_one_that_fits(
    store: Store, encoder: HashingEncoder
) -> None:
    mine = store.publish(PARTS, encoder, "corpus-1")
    other = store.publish(PARTS, HashingEncoder("hashing:2"), "corpus-1")
    index = store.open_current(encoder.name, "corpus-1")
    assert index.generation == mine
    assert other in index.fallback
    assert "'hashing:2'" in index.fallback


@pytest.mark.parametrize("pointer", ["", "20990101T000000.000000Z-00000000\n", "../elsewhere"])
def test_a_pointer_to_nothing_falls_back(store: Store, encoder: HashingEncoder, pointer: str) -> None:
    generation = store.publish(PARTS, encoder, "corpus-1")
    (store.root / "CURRENT").write_text(pointer, encoding="utf-8")
    assert store.open_current(encoder.name, "corpus-1").generation == generation


def test_unchanged_texts_are_not_embedded_again(store: Store, encoder: HashingEncoder) -> None:
    store.publish({"passages": ENTRIES}, encoder, "corpus-1")
    assert encoder.embedded == TEXTS
    encoder.embedded.clear()
    changed = [*ENTRIES[1:], Entry("p9", "全新的一段"), Entry("p10", "全新的一段")]
    store.publish({"passages": changed}, encoder, "corpus-2")
    assert encoder.embedded == ["全新的一段"]
    vectors = store.open_current(encoder.name, "corpus-2").collection("passages").vectors
    np.testing.assert_array_equal(vectors, HashingEncoder().encode_passages([e.text for e in changed]))


def test_token_vectors_are_kept_where_asked_for_and_reused(store: Store, encoder: HashingEncoder) -> None:
    store.publish(PARTS, encoder, "corpus-1")
    encoder.embedded.clear()
    store.publish(PARTS, encoder, "corpus-1", late=["passages"])
    assert encoder.embedded == TEXTS  # their token vectors were missing
    encoder.embedded.clear()
    store.publish({"passages": [*ENTRIES, Entry("p9", "新的")]}, encoder, "corpus-2", late=["passages"])
    assert encoder.embedded == ["新的"]
    passages = store.open_current(encoder.name, "corpus-2").collection("passages")
    question = encoder.encode_question("人才总量")[1]
    scores = passages.late(question, [0, 1, 4])
    assert scores.argmax() == 1
    expected = [(question @ encoder.encode_question(text)[1].T).max(axis=1).mean() for text in TEXTS[:2]]
    np.testing.assert_allclose(scores[:2], expected, atol=1e-3)
    assert passages.late(question[:0], [0, 1]).tolist() == [0, 0]


def test_without_token_vectors_late_interaction_is_silent(store: Store, encoder: HashingEncoder) -> None:
    store.publish(PARTS, encoder, "corpus-1")
    passages = store.open_current(encoder.name, "corpus-1").collection("passages")
    assert passages.late(encoder.encode_question("人才")[1], [0, 1]).tolist() == [0, 0]


def test_vectors_of_another_encoder_or_of_a_damaged_generation_are_not_reused(
    store: Store, encoder: HashingEncoder
) -> None:
    generation = store.publish({"passages": ENTRIES}, encoder, "corpus-1")
    other = HashingEncoder("hashing:2")
    store.publish({"passages": ENTRIES}, other, "corpus-1")
    assert other.embedded == TEXTS
    flip(folder_of(store, generation) / "passages" / "entries.json")
    encoder.embedded.clear()
    store.publish({"passages": ENTRIES}, encoder, "corpus-1")
    assert encoder.embedded == TEXTS


def test_publishing_the_same_again_changes_nothing(store: Store, encoder: HashingEncoder) -> None:
    first = store.publish(PARTS, encoder, "corpus-1")
    before = {path: path.stat().st_mtime_ns for path in every_file(store.root) if path.name != ".lock"}
    assert store.publish(PARTS, encoder, "corpus-1") == first
    assert {
        path: path.stat().st_mtime_ns for path in every_file(store.root) if path.name != ".lock"
    } == before


def test_the_same_again_repairs_a_damaged_generation(store: Store, encoder: HashingEncoder) -> None:
    first = store.publish(PARTS, encoder, "corpus-1")
    flip(folder_of(store, first) / "clauses" / "entries.json")
    second = store.publish(PARTS, encoder, "corpus-1")
    assert second != first
    assert store.verify(second) == ()


def test_rollback_goes_one_back_or_to_the_one_named(store: Store, encoder: HashingEncoder) -> None:
    ids = [store.publish({"passages": ENTRIES[: n + 1]}, encoder, "corpus-1") for n in range(3)]
    assert store.rollback() == ids[1]
    assert store.open_current(encoder.name, "corpus-1").generation == ids[1]
    assert store.rollback() == ids[0]
    with pytest.raises(IndexMissing, match=f"no generation older than {ids[0]}"):
        store.rollback()
    assert store.rollback(ids[2]) == ids[2]
    assert [g.current for g in store.list()] == [True, False, False]
    with pytest.raises(IndexMissing, match=r"'\.\./x' does not exist; there are"):
        store.rollback("../x")
    with pytest.raises(IndexMissing, match="'nonsense' does not exist"):
        store.verify("nonsense")


def test_old_generations_are_dropped_but_never_the_current(tmp_path: Path, encoder: HashingEncoder) -> None:
    store = Store(tmp_path, kept=2)
    ids = [store.publish({"passages": ENTRIES[: n + 1]}, encoder, "corpus-1") for n in range(4)]
    assert [g.id for g in store.list()] == [ids[3], ids[2]]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, "nothing to publish"),
        ({"passages": []}, "'passages' is empty"),
        ({"passages": [*ENTRIES, Entry("p1", "x")]}, "repeats the key 'p1'"),
        ({"../up": ENTRIES}, r"'\.\./up' is no identifier"),
    ],
)
def test_what_cannot_be_published_is_refused(
    store: Store, encoder: HashingEncoder, parts, words: str
) -> None:
    with pytest.raises(StoreError, match=words):
        store.publish(parts, encoder, "corpus-1")
    assert store.list() == ()


def test_a_large_collection_is_searched_by_graph(
    tmp_path: Path, encoder: HashingEncoder, corpus_lines: list[str]
) -> None:
    entries = [Entry(str(i), line) for i, line in enumerate(corpus_lines)]
    assert len(entries) > 300
    store = Store(tmp_path, exact_up_to=100)
    store.publish({"lines": entries}, encoder, "corpus-1")
    lines = store.open_current(encoder.name, "corpus-1").collection("lines")
    assert lines.far
    queries = encoder.encode_queries([line[3:9] for line in corpus_lines[::10]])
    hits = sum(
        len(set(lines.nearest(query, 10)[0]) & set(np.argsort(-lines.dense(query), kind="stable")[:10]))
        for query in queries
    )
    assert hits / (10 * len(queries)) >= 0.95
