"""MaxSim over token vectors, against the formula written out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.batched import unit_rows
from embeddings.encoder import Encoder
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


def test_too_many_tokens_to_keep_ready_score_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = TokenMatrix.of(TEXTS).max_similarity(QUESTION, [0, 2, 3])
    monkeypatch.setattr("embeddings.late.READY_UP_TO", 1)
    again = TokenMatrix.of(TEXTS).max_similarity(QUESTION, [0, 2, 3])
    np.testing.assert_allclose(again, ready, atol=2e-3)


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


@given(st.lists(st.integers(0, 6), max_size=7), st.integers(1, 6), st.integers(0, 4))
@settings(max_examples=80, deadline=None)
def test_scores_are_those_of_the_formula_whatever_the_lengths(
    lengths: list[int], last: int, asked: int
) -> None:
    random = np.random.default_rng(len(lengths) + asked)
    texts = [unit_rows(random.normal(size=(n, 8))) for n in [*lengths, last]]
    question = unit_rows(random.normal(size=(asked, 8)))
    scores = TokenMatrix.of(texts).max_similarity(question, range(len(texts)))
    assert scores.dtype == np.float32
    expected = [naive(question, text) if asked else 0.0 for text in texts]
    np.testing.assert_allclose(scores, expected, atol=2e-3)


def test_a_text_without_tokens_takes_nothing_from_the_one_before_it() -> None:
    texts = [QUESTION, QUESTION[:0]]
    scores = TokenMatrix.of(texts).max_similarity(QUESTION[-1:], [0, 1])
    np.testing.assert_allclose(scores, [1.0, 0.0], atol=2e-3)


def test_the_same_row_twice_scores_the_same() -> None:
    first, second = TokenMatrix.of(TEXTS).max_similarity(QUESTION, [3, 3])
    assert first == second


def test_the_real_encoder_sees_which_of_two_like_sentences_names_the_thing(onnx: Encoder) -> None:
    texts = ["全区建成工程研究中心机构273个", "全区建成居家养老服务机构273个", "人才总量达到43万人"]
    matrix = TokenMatrix.of(onnx.encode_passages_with_tokens(texts)[1])
    _, tokens = onnx.encode_question("居家养老机构有多少")
    assert int(matrix.max_similarity(tokens, [0, 1, 2]).argmax()) == 1
