"""The made vectors and the measuring of ``make bench-scale``, at a size that takes a moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import scale_measure
from benchmarks.scale_vectors import STEP, made_vectors, questions
from embeddings.vectors.folders import FolderEngine


@pytest.fixture
def real() -> np.ndarray:
    vectors = np.random.default_rng(5).standard_normal((60, 24)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def test_a_smaller_set_is_the_beginning_of_a_larger_one(tmp_path: Path, real: np.ndarray) -> None:
    few, many = made_vectors(real, 300, tmp_path / "a"), made_vectors(real, STEP + 40, tmp_path / "b")
    np.testing.assert_array_equal(few, many[:300])
    np.testing.assert_allclose(np.linalg.norm(many, axis=1), 1, atol=1e-5)
    again = made_vectors(real, 500, tmp_path / "b")
    assert (len(again), len(list((tmp_path / "b").iterdir()))) == (500, 1)


def test_a_size_is_built_once_measured_and_gone_on_with(
    tmp_path: Path, real: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scale_measure, "SAVED_EVERY", 150)
    vectors = made_vectors(real, 400, tmp_path / "made")
    found = scale_measure.measure(vectors, real[:9], tmp_path)
    assert (found.size, found.kind, found.recall) == (400, "exact", 1.0)
    assert found.built.rows == 400
    assert 0 < found.p50 <= found.p95
    assert found.disk > 400 * 24 * 4
    assert scale_measure.measure(vectors, real[:9], tmp_path).built == found.built
    engine, note = FolderEngine(tmp_path / "store-400"), tmp_path / "built-400.json"
    note.write_text('{"rows": 300, "clock": 1.0, "processor": 1.0}')
    half = engine.open("400")
    half.remove([str(row) for row in range(300, 400)])
    engine.publish(half, "400")
    assert scale_measure.build(engine, "400", vectors, note).rows == 400
    assert len(engine.open("400")) == 400


def test_the_questions_are_residents_own() -> None:
    assert len(questions()) > 200
