"""BM25 over characters: against a naive reference, and what counts as a token."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from embeddings.lexical import BM25, lexical_tokens


def naive_scores(texts: list[str], query: str, k1: float = 1.5, b: float = 0.75) -> list[float]:
    """The formula, term by term (Lucene's variant)."""
    documents = [Counter(lexical_tokens(text)) for text in texts]
    average = sum(sum(d.values()) for d in documents) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for token in lexical_tokens(query):
            containing = sum(token in d for d in documents)
            idf = math.log(1 + (len(documents) - containing + 0.5) / (containing + 0.5))
            length = k1 * (1 - b + b * sum(document.values()) / average)
            score += idf * document[token] / (document[token] + length)
        scores.append(score)
    return scores


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("助餐服务", ["助", "助餐", "餐", "餐服", "服", "服务", "务"]),
        ("5G 基站", ["5g", "基", "基站", "站"]),
        ("达到43.5%", ["达", "达到", "到", "43.5%"]),
        ("“1+8+X”", ["1+8+x"]),
        ("養老", ["养", "养老", "老"]),
        ("养,老", ["养", "老"]),  # neighbours across punctuation are no pair
        ("…！", []),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert list(lexical_tokens(text)) == tokens


@pytest.mark.parametrize("query", ["养老机构有多少", "5G基站", "2025年人才", "机构机构", "晴天"])
def test_scores_are_those_of_the_formula(corpus_lines: list[str], query: str) -> None:
    texts = corpus_lines[:60]
    found = BM25(texts).scores(query)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, naive_scores(texts, query), rtol=1e-4, atol=1e-5)


def test_traditional_questions_find_simplified_text() -> None:
    index = BM25(["居家养老服务机构", "高新技术企业"])
    np.testing.assert_array_equal(index.scores("養老服務"), index.scores("养老服务"))
    assert index.scores("養老服務").argmax() == 0


def test_no_shared_token_scores_zero() -> None:
    index = BM25(["养老", "……"])
    for query in ("", "!!", "飞机", "\0"):
        np.testing.assert_array_equal(index.scores(query), np.zeros(2, np.float32))


def test_a_text_without_tokens_keeps_its_row() -> None:
    assert BM25(["……", "养老", "—"]).scores("养老").argmax() == 1
    assert BM25(["……"]).scores("养老").tolist() == [0]


def test_no_texts_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one text"):
        BM25([])


def test_saved_and_loaded_it_scores_the_same(tmp_path: Path, corpus_lines: list[str]) -> None:
    index = BM25(corpus_lines[:50])
    index.save(tmp_path)
    np.testing.assert_array_equal(BM25.load(tmp_path).scores("养老机构"), index.scores("养老机构"))
    for path in tmp_path.glob("*.npy"):
        np.load(path, allow_pickle=False)
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".json"}
