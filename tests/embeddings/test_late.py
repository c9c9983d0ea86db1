"""MaxSim over token vectors, against the formula written out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from embeddings.batched import unit_rows
from embeddings.late import TokenMatrix

RANDOM = np.random.default_rng(1)
TEXTS = [unit_rows(RANDOM.normal(size=(n, 8))) for n in (5, 0, 1, 3, 0)]  # two texts without a token
QUESTION = unit_rows(RANDOM.normal(size=(4, 8)))


def naive(question: np.ndarray, text: np.ndarray) -> float:
    return float(np.mean([max(token @ other for other in text) for token in question])) if len(text) else 0.0


def test_scores_are_those_of_the_formula() -> None:
    matrix = TokenMatrix.of(TEXTS)
    assert len(matrix) == 5
    for rows in ([0, 1, 2, 3, 4], [3, 0], [4, 1], [1, 3], [2], []):
        expected = [naive(QUESTION, TEXTS[row]) for row in rows]
        np.testing.assert_allclose(matrix.max_similarity(QUESTION, rows), expected, atol=2e-3)


def test_a_question_without_tokens_scores_zero() -> None:
    assert TokenMatrix.of(TEXTS).max_similarity(QUESTION[:0], [0, 2]).tolist() == [0, 0]


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    matrix = TokenMatrix.of(TEXTS)
    matrix.save(tmp_path)
    again = TokenMatrix.load(tmp_path)
    assert again is not None
    np.testing.assert_array_equal(again.tokens, matrix.tokens)
    np.testing.assert_array_equal(again.bounds, matrix.bounds)
    assert TokenMatrix.load(tmp_path / "elsewhere") is None
