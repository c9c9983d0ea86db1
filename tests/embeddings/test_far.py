"""Where statements are too many to compare each, the same are found as by comparing them all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from embeddings.entries import Entry
from embeddings.moments import Moments
from embeddings.store import Store
from embeddings.vectors.protocol import Labels
from tests.embeddings.hashing import HashingEncoder


def test_moments_give_the_z_scores_of_comparing_everything() -> None:
    random = np.random.default_rng(3)
    vectors = random.standard_normal((500, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights = random.integers(0, 4, 500)
    moments, query = Moments(lambda rows: vectors[list(rows)], weights), vectors[7]
    every = np.repeat(vectors @ query, weights)
    expected = (vectors[:20] @ query - every.mean()) / every.std()
    np.testing.assert_allclose(moments.z(query, vectors[:20] @ query), expected, atol=1e-4)
    same = Moments(lambda rows: vectors[[3] * len(rows)], np.ones(9, dtype=np.int64))
    assert not same.z(query, vectors[:2] @ query).any()
    with pytest.raises(ValueError, match="no vectors"):
        Moments(lambda rows: vectors[list(rows)], np.zeros(0, dtype=np.int64))


def entries(lines: list[str], label: str = "海曙") -> list[Entry]:
    return [Entry(str(i), line, Labels(label)) for i, line in enumerate(lines)]


def test_a_graph_grows_from_the_generation_before_it(
    tmp_path: Path, corpus_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from embeddings.vectors import graph

    built: list[int] = []
    steps = graph.GraphStore._steps
    monkeypatch.setattr(
        graph.GraphStore,
        "_steps",
        lambda self, vectors: [built.append(len(vectors)), *steps(self, vectors)][1:],
    )
    store, encoder = Store(tmp_path, exact_up_to=100), HashingEncoder()
    lines = list(dict.fromkeys(corpus_lines))
    store.publish({"lines": entries(lines[:300])}, encoder, "corpus-1")
    changed = entries([*lines[:5], lines[400], *lines[6:290], *lines[300:310]])
    store.publish({"lines": changed}, encoder, "corpus-2")
    assert built == [300, 11]  # ten more than before less ten, one of them changed, the last ones moved
    found = store.open_current(encoder.name, "corpus-2").collection("lines")
    np.testing.assert_allclose(found.vectors, encoder.encode_queries([e.text for e in changed]), atol=1e-6)
    for row in (0, 5, 288, 299):
        query = found.vectors[row]
        assert found.dense(query)[found.nearest(query, 1)[0][0]] == pytest.approx(1, abs=1e-5)
    assert encoder.embedded.count(lines[0]) == 1


def test_forcing_the_kind_publishes_the_same_texts_again(tmp_path: Path, corpus_lines: list[str]) -> None:
    encoder, lines = HashingEncoder(), {"lines": entries(list(dict.fromkeys(corpus_lines))[:40])}
    first = Store(tmp_path).publish(lines, encoder, "corpus-1")
    assert Store(tmp_path).publish(lines, encoder, "corpus-1") == first
    forced = Store(tmp_path, exact_up_to=0)
    assert forced.publish(lines, encoder, "corpus-1") != first
    assert forced.open_current(encoder.name, "corpus-1").collection("lines").far
