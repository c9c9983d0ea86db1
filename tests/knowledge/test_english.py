"""English words of a question → the documents' words."""

from __future__ import annotations

import pytest

from knowledge.english import EnglishWords

ENTRIES = (
    ("台风", ["typhoon"]),
    ("公司", ["company", "corporation; firm"]),
    ("孵化", ["to hatch", "to incubate (a business)"]),
    ("工业园区", ["industrial park"]),
    ("公园", ["park", "(garden) park"]),
    ("工业", ["industry", "industrial"]),
    ("火箭", ["rocket"]),
)
CORPUS = "成功抗击超强台风，公司在工业园区孵化，工业公园"


@pytest.fixture
def english() -> EnglishWords:
    return EnglishWords(ENTRIES, CORPUS)


def found(english: EnglishWords, text: str) -> dict[str, tuple[str, ...]]:
    return {text[start:end]: words for start, end, words, _ in english.find(text)}


def test_the_longest_phrase_wins(english: EnglishWords) -> None:
    assert found(english, "the industrial park of a company") == {
        "industrial park": ("工业园区",),
        "company": ("公司",),
    }


@pytest.mark.parametrize(
    ("word", "chinese"),
    [("typhoons", "台风"), ("companies", "公司"), ("incubated", "孵化"), ("firms", "公司")],
)
def test_inflected_words_are_found(english: EnglishWords, word: str, chinese: str) -> None:
    assert english.words(word) == (chinese,)


def test_words_that_the_documents_never_use_are_left_out(english: EnglishWords) -> None:
    assert found(english, "a rocket in the park") == {"park": ("公园", "工业园区")}
