"""Facts: every filled cell of both tables, alone and whole: value, unit, year, status."""

from __future__ import annotations

import re

import pytest

from knowledge.facts import Fact, indicator_name, table_facts
from knowledge.library import Library
from knowledge.records import TableRow


@pytest.fixture(scope="module")
def facts(library: Library) -> tuple[Fact, ...]:
    return table_facts(library.rows)


def of(facts: tuple[Fact, ...], name: str, **where: object) -> list[str]:
    return [
        f.amount
        for f in facts
        if name in f.indicator and all(getattr(f, key) == value for key, value in where.items())
    ]


def test_there_is_one_fact_for_every_filled_cell(library: Library, facts: tuple[Fact, ...]) -> None:
    cells = [
        (row.passage.id, cell.span)
        for row in library.rows
        for cell in row.cells
        if cell.value not in ("", "—", "-") and cell.column[-1] != "属性"
    ]
    assert [(f.row.passage.id, f.span) for f in facts] == cells
    assert len(cells) == 143


def test_a_fact_stands_where_it_says_in_the_document_as_received(
    library: Library, facts: tuple[Fact, ...]
) -> None:
    for fact in facts:
        text = library.documents[fact.row.passage.source.id].text[fact.span.start : fact.span.end]
        assert "".join(text.split()).strip("[]") == fact.value, fact.indicator


def test_values_are_as_printed_without_the_brackets_of_a_total(facts: tuple[Fact, ...]) -> None:
    assert not [f for f in facts if re.search(r"[\[\]]", f.value)]
    totals = [f for f in facts if f.total]
    assert totals
    assert all(c in f.row.passage.text for f in totals for c in (f"[{f.value}]",))


def test_years_and_status_follow_the_column(facts: tuple[Fact, ...]) -> None:
    assert {(f.year, f.status) for f in facts} == {(2020, "实际"), (2020, "五年目标"), (2025, "五年目标")}


@pytest.mark.parametrize(
    ("name", "year", "status", "growth", "amounts"),
    [
        ("地区生产总值", 2020, "实际", False, {"1201亿元"}),
        ("每千人执业（助理）医师数", 2020, "五年目标", False, {"5.9人"}),
        ("每千人执业（助理）医师数", 2020, "实际", False, {"5.79人"}),
        ("每百名老人拥有养老床位数", 2020, "实际", False, {"5.4张"}),
        ("一般公共预算收入", 2020, "实际", True, {"5.9%"}),
        ("人才资源总量", 2025, "五年目标", False, {"43万人"}),
        ("登记失业率", 2020, "实际", False, {"<3%"}),
        ("耕地保有量", 2020, "实际", False, {"19.59万亩"}),
    ],
)
def test_amounts_are_said_with_their_unit(
    facts: tuple[Fact, ...], name: str, year: int, status: str, growth: bool, amounts: set[str]
) -> None:
    found = {
        f.amount
        for f in facts
        if f.indicator == name and (f.year, f.status, f.growth) == (year, status, growth)
    }
    assert found == amounts


def test_a_growth_is_a_percentage_and_never_carries_the_unit_of_the_level(facts: tuple[Fact, ...]) -> None:
    for fact in facts:
        if fact.growth and not fact.total and re.search(r"\d", fact.value):
            assert fact.amount.endswith("%") or fact.amount.startswith("<")
            assert fact.amount.count("%") <= 1


def test_words_in_a_cell_stay_words(facts: tuple[Fact, ...]) -> None:
    words = {f.amount for f in facts if not re.search(r"\d", f.value)}
    assert words == {"按市下达", "市下达目标", "完成", "与经济增长基本同步"}


def test_a_five_year_total_is_no_level(facts: tuple[Fact, ...]) -> None:
    (investment,) = (
        f for f in facts if f.indicator == "固定资产投资" and f.status == "实际" and not f.growth
    )
    assert (investment.amount, investment.total) == ("1663亿元", True)
    (patents,) = (f for f in facts if f.indicator == "有效发明专利拥有量" and f.growth)
    assert (patents.amount, patents.total, patents.year) == ("707件", True, 2025)


def test_footnotes_travel_with_the_figures_they_are_about(facts: tuple[Fact, ...]) -> None:
    actual = [f for f in facts if f.status == "实际"]
    assert all(any("预计值" in note for note in f.notes) for f in actual)
    assert not [f for f in facts if f.status != "实际" and any("预计值" in note for note in f.notes)]
    (area,) = (f for f in facts if f.indicator == "人均体育场地面积")
    assert "常住人口口径" in area.notes
    binding = {f.indicator for f in facts if "约束性" in f.notes}
    assert "粮食综合生产能力" in binding
    assert "地区生产总值" not in binding


def test_an_indicator_is_named_without_unit_and_mark(library: Library) -> None:
    names = {row.name: indicator_name(row) for row in library.rows}
    assert names["人均体育场地面积（平方米）*"] == "人均体育场地面积"
    assert names["地区生产总值（亿元）"] == "地区生产总值"
    assert not [name for name in names.values() if name.endswith(("）", "*")) or not name]


def test_both_tables_agree_on_what_was_reached_in_2020(facts: tuple[Fact, ...]) -> None:
    """The same indicator printed twice: a difference would have to be shown, so the tests should know of it."""
    reached: dict[str, set[str]] = {}
    for fact in facts:
        if fact.status == "实际" and fact.year == 2020 and not fact.growth:
            reached.setdefault(fact.indicator, set()).add(fact.amount)
    assert {name: values for name, values in reached.items() if len(values) > 1} == {}


def test_no_rows_no_facts(library: Library) -> None:
    none: tuple[TableRow, ...] = ()
    assert table_facts(none) == ()
