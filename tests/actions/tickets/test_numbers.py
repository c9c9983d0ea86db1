"""Ticket numbers: read back however they are typed, and never taken for a phone number."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.privacy import mask
from actions.tickets.numbers import draw_code, draw_number, tidy_code, tidy_number
from tests.actions.tickets.ledger_parts import START


@pytest.mark.parametrize(
    "typed",
    ["HS-261123-04831", "hs26112304831", "ＨＳ－261123－04831", "HS 261123 04831", "261123-04831", " HS—261123—04831 "],
)  # fmt: skip
def test_a_number_is_read_back(typed: str) -> None:
    assert tidy_number(typed) == "HS-261123-04831"


@pytest.mark.parametrize("typed", ["", "HS", "HS-2611-04831", "HS-261123-048312", "13800001234x", "' OR 1=1"])
def test_what_is_no_number(typed: str) -> None:
    assert tidy_number(typed) == ""


@given(st.text(max_size=80))
def test_any_text_is_answered(typed: str) -> None:
    assert tidy_number(typed) == "" or re.fullmatch(r"HS-\d{6}-\d{5}", tidy_number(typed))
    assert tidy_code(typed) == "" or re.fullmatch(r"[0-9]{6}", tidy_code(typed))


def test_what_is_drawn_has_the_form() -> None:
    for _ in range(500):
        number, code = draw_number(START), draw_code()
        assert re.fullmatch(r"HS-261123-[0-9]{5}", number)
        assert (tidy_number(number), tidy_code(code)) == (number, code)


@given(st.dates(), st.integers(0, 99_999), st.integers(0, 999_999))
def test_masking_leaves_numbers_and_codes_alone(day, tail, code) -> None:
    number, code = f"HS-{day:%y%m%d}-{tail:05d}", f"{code:06d}"
    texts = (
        f"我的工单号码{number}，查询码{code}，到哪一步了",
        f"查一下 {number} {code}",
        f"号码是{number[3:]}，码{code}",
    )
    for text in texts:
        assert mask(text) == text
