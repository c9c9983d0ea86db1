"""Looking words up by their pairs finds what reading every text would find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.occurrence import Occurrences, pairs

TEXT = st.text(alphabet="养老助餐5g ", max_size=12)
WORDS = st.lists(st.text(alphabet="养老助餐5g ", min_size=1, max_size=4), min_size=1, max_size=3).map(tuple)


@given(st.lists(TEXT, max_size=6), WORDS)
def test_the_rows_are_those_that_hold_a_word(texts: list[str], words: tuple[str, ...]) -> None:
    found = Occurrences(texts)
    expected = {row for row, text in enumerate(texts) if any(word in text for word in words)}
    assert found.holding(words) == expected
    assert found.holding(words) == expected  # from memory
    assert len(found) == len(texts)


@given(TEXT, st.text(alphabet="养老助餐5g ", min_size=1, max_size=5))
def test_the_share_is_that_of_the_pairs(text: str, word: str) -> None:
    share = Occurrences([text]).share(pairs(word), 0)
    wanted = pairs(word)
    assert share == (sum(pair in text for pair in wanted) / len(wanted) if wanted else 0.0)


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.occurrence.REMEMBERED", 2)
    found = Occurrences(["养老", "人才"])
    for word in ("养", "老", "人", "才", "养"):
        assert found.holding((word,)) == {0 if word in "养老" else 1}
    assert len(found._known) <= 2


def test_a_word_of_one_character_is_found_too() -> None:
    assert Occurrences(["养老", "人才"]).holding(("才",)) == {1}
