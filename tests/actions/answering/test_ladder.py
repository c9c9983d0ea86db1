"""The ladder: facts of an indicator as one line, each value with its year and sense, nothing that was not asked."""

from __future__ import annotations

import pytest

from actions.answering.ladder import fits, ladder
from actions.answering.state import Reading
from knowledge.facts import Fact, table_facts
from knowledge.library import Library


@pytest.fixture(scope="module")
def facts(documents: Library) -> tuple[Fact, ...]:
    return table_facts(documents.rows)


def lines(
    facts: tuple[Fact, ...], indicator: str, text: str, years: tuple[int, ...] = (), status: str = ""
) -> str:
    reading = Reading(text, text, years=years, status=status)
    return "".join(ladder([f for f in facts if f.indicator == indicator and fits(f, reading)], reading))


@pytest.mark.parametrize(
    ("text", "years", "status", "shown"),
    [
        (
            "地区生产总值多少",
            (),
            "",
            "地区生产总值：2020年实际 1201亿元；2020年目标 1400亿元；2025年目标 2000亿元",
        ),
        ("2020年实际", (2020,), "实际", "地区生产总值：2020年实际 1201亿元"),
        ("2020年目标", (2020,), "目标", "地区生产总值：2020年目标 1400亿元"),
        ("2025年目标", (2025,), "目标", "地区生产总值：2025年目标 2000亿元"),
        ("2025年实际", (2025,), "实际", ""),
        ("2030年", (2030,), "", ""),
    ],
)
def test_the_asked_year_and_sense_only(
    facts: tuple[Fact, ...], text: str, years: tuple[int, ...], status: str, shown: str
) -> None:
    assert lines(facts, "地区生产总值", text, years, status) == shown


def test_growth_is_shown_where_growth_is_asked_for(facts: tuple[Fact, ...]) -> None:
    text = lines(facts, "地区生产总值", "十三五地区生产总值年均增长多少", (2020,), "实际")
    assert text == "地区生产总值：“十三五”年均增长（实际） 5.3%"


def test_growth_in_one_year_is_in_no_table(facts: tuple[Fact, ...]) -> None:
    assert lines(facts, "地区生产总值", "2020年地区生产总值比上年增长多少", (2020,)) == ""


def test_a_five_year_total_says_so(facts: tuple[Fact, ...]) -> None:
    assert "（五年累计） 1663亿元" in lines(facts, "固定资产投资", "固定资产投资多少")
    assert "期间累计 707件" in lines(facts, "有效发明专利拥有量", "专利多少", (2025,))


def test_both_tables_equal_values_are_shown_once(facts: tuple[Fact, ...]) -> None:
    assert lines(facts, "地区生产总值", "多少").count("1201") == 1


def test_whether_a_target_binds_is_told_where_asked(facts: tuple[Fact, ...]) -> None:
    assert lines(facts, "粮食综合生产能力", "粮食是不是硬指标").endswith("；属性 约束性")
    assert "属性" not in lines(facts, "粮食综合生产能力", "粮食多少")


def test_nothing_gives_no_line() -> None:
    assert ladder([], Reading("?", "?")) == []
