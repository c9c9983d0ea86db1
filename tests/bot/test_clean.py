"""Cleaning: whatever comes in, what goes on to Rasa is one safe line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.clean import clean

_ANY = st.text(st.characters(exclude_categories=()), max_size=400)
_NASTY = st.lists(
    st.sampled_from(["/", "／", "\u200b", "\u202e", "\ud800", "\udc00", "\n", " ", "\u0301", "\U000e0041", "海", "a", "😀"]),
    max_size=40,
).map("".join)  # fmt: skip


@given(st.one_of(_ANY, _NASTY))
def test_what_comes_out_is_safe(message):
    cleaned = clean(message, 300)
    assert bool(cleaned.text) != bool(cleaned.problem)
    assert len(cleaned.text) <= 300
    assert not cleaned.text.startswith("/")
    assert cleaned.text == " ".join(cleaned.text.split())
    cleaned.text.encode("utf-8")
    assert not {unicodedata.category(char) for char in cleaned.text} & {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    }


@given(_NASTY)
def test_cleaning_twice_changes_nothing(message):
    once = clean(message, 300)
    if once.text:
        assert clean(once.text, 300) == once


@pytest.mark.parametrize(
    "text", ["海曙有多少家？", "273 个 or 280?", "１＋１", "那2025年呢", "3/4的人", "P5 页"]
)
def test_ordinary_questions_pass_unchanged(text):
    assert clean(text, 300).text == text


def test_line_breaks_become_spaces_and_halves_of_a_pair_are_joined():
    assert clean("一\r\n二\u2028三\ud83d\ude00", 300).text == "一 二 三😀"


def test_piled_up_marks_are_cut():
    assert len(clean("e" + "\u0301" * 8000, 300).text) <= 4


def test_length_counts_after_cleaning():
    assert clean("问" + "\u200b" * 5000, 300).text == "问"
    assert clean("问" * 300 + "\n", 300).problem is None
    assert clean("问" * 301, 300).problem == "too_long"


def test_an_accent_finds_its_letter_when_what_stood_between_is_dropped():
    assert clean("a\u200b\u0301", 300).text == "\u00e1"
