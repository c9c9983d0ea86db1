"""Statements: together they are the passage, and each knows of which year and in what sense it speaks."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from knowledge.library import Library
from knowledge.records import Passage, PassageKind, Source, Span
from knowledge.statements import LONG, Statement, stance, statements

STATUSES = {"实际", "预计", "年度目标", "五年目标", "规划"}


def passage(
    text: str,
    kind: str = "press",
    heading: tuple[str, ...] = (),
    form: PassageKind = "prose",
    year: int = 2021,
) -> Passage:
    source = Source("s", "s.txt", "页", "报", "海曙", dt.date(year, 3, 1), (2016, 2035), kind, "0")
    return Passage(source, form, heading, text, (Span(0, len(text)),))


def cut(text: str, **of: object) -> list[Statement]:
    return list(statements([passage(text, **of)]))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def every(library: Library) -> tuple[Statement, ...]:
    return statements(library.passages)


def test_statements_cover_their_passage_once_and_in_order(library: Library) -> None:
    for one in library.passages:
        found = statements([one])
        assert found, one.id
        ends = [0, *(s.end for s in found)]
        for before, statement in zip(ends, found, strict=False):
            assert statement.start >= before
            assert not one.text[before : statement.start].strip()
        assert not one.text[ends[-1] :].strip()


def test_a_statement_stands_inside_its_sentence_and_is_text(every: tuple[Statement, ...]) -> None:
    for s in every:
        assert s.sentence[0] <= s.start < s.end <= s.sentence[1] <= len(s.passage.text)
        assert s.text in s.sentence_text
        assert re.search(r"\w", s.text), s.key


def test_statements_are_short_enough_to_be_shown_and_keys_tell_them_apart(
    every: tuple[Statement, ...],
) -> None:
    prose = [s for s in every if s.passage.kind in ("prose", "box")]
    assert max(len(s.text) for s in prose) <= LONG * 2
    assert sum(len(s.text) <= LONG for s in prose) / len(prose) > 0.99
    assert len({s.key for s in every}) == len(every)


def test_table_rows_and_terms_stay_whole(every: tuple[Statement, ...]) -> None:
    for s in every:
        if s.passage.kind in ("table_row", "term"):
            assert s.text == s.sentence_text == s.passage.text


def test_every_statement_has_a_known_status_and_years_its_document_may_speak_of(
    every: tuple[Statement, ...],
) -> None:
    for s in every:
        assert s.status in STATUSES
        assert s.years == tuple(sorted(set(s.years)))
        first, last = s.passage.source.period
        printed = {int(y) for y in re.findall(r"20\d\d", s.passage.text)}
        assert all(first <= y <= last or y in printed for y in s.years), s.text
        assert s.years or s.passage.kind in ("term", "table_row")


def test_a_short_sentence_is_one_statement() -> None:
    assert [s.text for s in cut("累计建成机构273个。助餐覆盖率100%！")] == [
        "累计建成机构273个。",
        "助餐覆盖率100%！",
    ]


def test_closing_quotes_belong_to_the_sentence_they_close() -> None:
    assert [s.text for s in cut("“老有所养。”第二句。")] == ["“老有所养。”", "第二句。"]


def test_a_long_sentence_is_cut_between_clauses_never_inside_a_list_of_short_items() -> None:
    text = (
        "大力推进集士港、古林、高桥、横街、鄞江等镇的改造提升工程建设，"
        "新建续建道路二十条并打通一批断头路段，完成老旧小区改造一百八十三个，"
        "新增停车泊位三千个以上。"
    )
    found = [s.text for s in cut(text)]
    assert len(found) > 1
    assert "".join(found) == text
    assert all(part.endswith(("，", "。")) for part in found)
    assert "集士港、古林、高桥、横街、鄞江" in found[0]


@pytest.mark.parametrize(
    ("sentence", "kind", "heading", "years", "status"),
    [
        ("去年建成7个中心。", "press", (), (2020,), "实际"),
        ("今年底前将建成7个中心。", "press", (), (2021,), "年度目标"),
        ("2020年7月开工建设。", "press", (), (2020,), "实际"),
        ("医院2022年将在集士港镇建成。", "press", (), (2022,), "规划"),
        ("建成7个中心。", "work_report", ("一、2019年工作回顾",), (2020,), "实际"),
        ("建成7个中心。", "work_report", ("二、2021年主要目标任务",), (2021,), "年度目标"),
        ("到2025年，新增人才15万人。", "plan", (), (2025,), "五年目标"),
        ("完善服务体系。", "plan", (), (2025,), "规划"),
        ("到2035年，基本实现现代化。", "plan", (), (2035,), "规划"),
    ],
)
def test_year_and_status_come_from_the_words_then_from_the_document(
    sentence: str, kind: str, heading: tuple[str, ...], years: tuple[int, ...], status: str
) -> None:
    assert stance(sentence, passage(sentence, kind, heading)) == (years, status)


def test_last_year_and_this_year_count_from_the_day_of_the_document() -> None:
    for year in (2021, 2023):
        assert stance("去年完成。", passage("去年完成。", year=year))[0] == (year - 1,)
        assert stance("今年将完成。", passage("今年将完成。", year=year))[0] == (year,)


@pytest.mark.parametrize(
    ("piece", "source", "years", "status"),
    [
        ("累计建成居家养老服务机构273个", "press-haishu-2021", (2020,), "实际"),
        ("建成7个省级示范型居家养老服务中心", "work-report-2020", (2019,), "实际"),
        ("城镇新增就业 18500 人以上", "work-report-2020", (2020,), "年度目标"),
        ("新增各类人才15万人以上", "plan-2021-2025", (2025,), "五年目标"),
    ],
)
def test_built_and_planned_are_told_apart_in_the_published_documents(
    every: tuple[Statement, ...], piece: str, source: str, years: tuple[int, ...], status: str
) -> None:
    (found,) = (s for s in every if piece in s.text and s.passage.source.id == source)
    assert (found.years, found.status) == (years, status)
