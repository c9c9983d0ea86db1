"""The metric: what it does to vectors, whom it belongs to, and that learning it finds statements again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from actions.bootstrap import build_encoder
from embeddings.asked import AskedFor
from embeddings.learning import Asked, Schedule, learn, recall
from embeddings.metric import FILE, Metric, model
from embeddings.store import Store
from tests.real import Real

DIMS, STATEMENTS, ASKS = 32, 60, 8


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def asked() -> Asked:
    """Asks that share a quarter of their directions with their statement; the rest, louder, tells nothing."""
    random = np.random.default_rng(81890)
    meant = random.standard_normal((STATEMENTS, DIMS // 4))
    owner = np.repeat(np.arange(STATEMENTS), ASKS)

    def said(of: np.ndarray) -> np.ndarray:
        noise = 1.5 * random.standard_normal((len(of), DIMS - DIMS // 4))
        return unit(np.hstack([of + 0.2 * random.standard_normal(of.shape), noise]))

    return Asked(said(meant[owner]), owner, said(meant))


def test_without_a_matrix_nothing_changes() -> None:
    vectors = unit(np.random.default_rng(1).standard_normal((3, DIMS)))
    assert Metric()(vectors) is vectors
    with pytest.raises(ValueError, match="need not be kept"):
        Metric().save("e5:01:torch")


def test_what_is_seen_has_length_one_and_one_row_is_seen_like_many() -> None:
    random = np.random.default_rng(2)
    metric = Metric(random.standard_normal((DIMS, DIMS)))
    vectors = unit(random.standard_normal((5, DIMS)))
    seen = metric(vectors)
    np.testing.assert_allclose(np.linalg.norm(seen, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(metric(vectors[2]), seen[2], atol=1e-5)


def test_it_belongs_to_one_model_whatever_the_backend(tmp_path: Path) -> None:
    matrix, path = np.random.default_rng(3).standard_normal((DIMS, DIMS)), tmp_path / "metric.npz"
    Metric(matrix).save("e5:01:onnx-int8", path)
    vectors = unit(np.random.default_rng(4).standard_normal((2, DIMS)))
    expected = unit(vectors @ matrix.astype(np.float32))
    np.testing.assert_allclose(Metric.load("e5:01:torch", path)(vectors), expected, atol=1e-2)
    assert Metric.load("e5:02:torch", path)(vectors) is vectors
    assert Metric.load("e5:01:torch", tmp_path / "none.npz")(vectors) is vectors


def test_learning_finds_statements_whose_asks_it_has_not_seen(asked: Asked) -> None:
    out = asked.statement % 4 == 0
    first = np.zeros(len(out), dtype=bool)
    first[::ASKS] = True
    metric = learn(asked.of(np.flatnonzero(~out)), Schedule(epochs=40, batch=64, rate=3e-3))
    questions, known = asked.of(np.flatnonzero(out & first)), asked.of(np.flatnonzero(~(out & first)))
    (plain,), (seen,) = (recall(questions, known, m, tops=(1,)) for m in (Metric(), metric))
    assert seen >= plain + 0.2
    again = learn(asked.of(np.flatnonzero(~out)), Schedule(epochs=40, batch=64, rate=3e-3))
    np.testing.assert_allclose(again(asked.asks), metric(asked.asks), atol=1e-4)


def test_too_few_asks_are_refused_with_their_number(asked: Asked) -> None:
    with pytest.raises(ValueError, match="480 asks are too few"):
        learn(asked)


def test_asks_are_told_by_their_statement() -> None:
    vectors = unit(np.random.default_rng(5).standard_normal((6, DIMS)))

    class Kept:
        def take(self, rows: list[int]) -> np.ndarray:
            return vectors[rows]

        def cosines(self, query: np.ndarray, rows: list[int]) -> np.ndarray:
            return vectors[rows] @ query

    asks = AskedFor(Kept(), np.array([2, 0, 2, 0, 2, 4]), 5)
    found, owner = asks.of(np.array([2, 1, 4]))
    assert (found.tolist(), owner.tolist()) == ([0, 2, 4, 5], [0, 0, 0, 2])
    likeness = asks.likeness(vectors[5], np.array([1, 4]))
    np.testing.assert_allclose(likeness, [0, 1], atol=1e-5)


@pytest.mark.slow
def test_the_published_metric_fits_the_published_model_and_pays(real: Real) -> None:
    """Of the asks for each statement the first finds it by the others far more often through it."""
    encoder = build_encoder(real.settings).name
    with np.load(FILE, allow_pickle=False) as kept:
        assert model(str(kept["encoder"])) == model(encoder)
    statements = real.retriever.statements
    row = {s.key: i for i, s in enumerate(statements)}
    index = Store(real.settings.index_path()).open_current(encoder, real.corpus.hash)
    owner = np.array([row[ask.statement] for ask in real.corpus.asks])
    everything = Asked(
        index.collection("asks").take(range(len(owner))),
        owner,
        index.collection("statements").take(range(len(statements))),
    )
    first = np.zeros(len(owner), dtype=bool)
    first[np.unique(owner, return_index=True)[1]] = True
    questions, known = everything.of(np.flatnonzero(first)[::5]), everything.of(np.flatnonzero(~first))
    (plain,), (seen,) = (recall(questions, known, m, tops=(1,)) for m in (Metric(), Metric.load(encoder)))
    assert seen >= plain + 0.1
