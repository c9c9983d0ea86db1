"""Messages that need the turn before: pronouns, another thing, the year after; and what stands for itself."""

from __future__ import annotations

import pytest

from actions.answering.resolve import Resolve
from tests.actions.answering.making import read


def after(resolve: Resolve, first: str, second: str) -> str:
    """How ``second`` is understood after ``first``."""
    return resolve.read(second, read(resolve, first)).text


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("普济医院造在哪个镇", "啥时候能去看病", "普济医院 啥时候能去看病"),
        ("传化供应链中心在哪个街道", "它能带来多少岗位", "传化 它能带来多少岗位"),
        ("镇海地铁哪天开的", "那座大桥呢,几号通车的", "大桥 几号通车的"),
        ("普济医院造在哪个镇", "公租房2019年新增多少户", "公租房2019年新增多少户"),
    ],
)
def test_what_is_left_unsaid_comes_from_the_turn_before(
    resolve: Resolve, first: str, second: str, text: str
) -> None:
    assert after(resolve, first, second) == text


def test_another_thing_stays_in_the_district_of_the_talk(resolve: Resolve) -> None:
    reading = resolve.read("那座大桥呢,几号通车的", read(resolve, "镇海地铁哪天开的"))
    assert reading.districts == ("镇海",)


@pytest.mark.parametrize(
    ("second", "years"),
    [
        ("第二年计划再加多少个", (2020,)),
        ("那前一年呢", (2018,)),
        ("那高桥呢", (2019,)),
        ("那2022年呢", (2022,)),
    ],
)
def test_the_year_after_is_counted_from_the_one_before(
    resolve: Resolve, second: str, years: tuple[int, ...]
) -> None:
    assert resolve.read(second, read(resolve, "2019年新增多少停车位")).years == years
