"""Asks: a question beside the statement that holds its quote; a broken line is named, a lost quote left out."""

from __future__ import annotations

import datetime as dt
import json
import logging
from pathlib import Path

import pytest

from knowledge.asks import Ask, load_asks
from knowledge.errors import CatalogueError
from knowledge.records import Passage, Source, Span
from knowledge.statements import Statement, statements

LONG_SENTENCE = (
    "加快推进集士港镇卫星城市建设和古林镇空港新城开发，新建改建农村公路二十公里以上，"
    "完成老旧小区改造一百八十三个惠及五万户，新增公共停车泊位三千个以上。"
)


def source(origin: str) -> Source:
    return Source(
        origin, f"{origin}.txt", "页", "报", "海曙", dt.date(2021, 3, 1), (2020, 2021), "press", "0"
    )


def passage(text: str, origin: str = "a") -> Passage:
    return Passage(source(origin), "prose", (), text, (Span(0, len(text)),))


@pytest.fixture
def cut() -> tuple[Statement, ...]:
    return statements(
        [
            passage("累计建成机构 273 个。\n助餐覆盖率100%。"),
            passage(LONG_SENTENCE),
            passage("累计建成机构 100 个。", "b"),
        ]
    )


def written(folder: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "x.jsonl").write_text(text + "\n", "utf-8")
    return folder


def row(quote: str, *ask: str, origin: str = "a.txt") -> dict[str, object]:
    return {"origin": origin, "quote": quote, "ask": list(ask)}


def test_an_ask_points_to_the_statement_that_holds_the_quote(
    tmp_path: Path, cut: tuple[Statement, ...]
) -> None:
    folder = written(
        tmp_path, row("机构273个", "养老院几家", "机构多少"), "", row("覆盖率100%", "都有饭吃吗")
    )
    text = {s.key: s.text for s in cut}
    asks = load_asks(cut, folder)
    assert [ask.text for ask in asks] == ["养老院几家", "机构多少", "都有饭吃吗"]
    assert ["273" in text[ask.statement] for ask in asks] == [True, True, False]


def test_the_same_words_in_another_document_are_another_fact(
    tmp_path: Path, cut: tuple[Statement, ...]
) -> None:
    (ask,) = load_asks(cut, written(tmp_path, row("累计建成机构", "机构多少", origin="b.txt")))
    assert "100" in {s.key: s.text for s in cut}[ask.statement]


def test_a_quote_that_a_cut_runs_through_goes_to_the_statement_with_most_of_it(
    tmp_path: Path, cut: tuple[Statement, ...]
) -> None:
    parts = [s for s in cut if s.passage.text == LONG_SENTENCE]
    assert len(parts) > 1
    border = parts[0].end
    quote = LONG_SENTENCE[border - 3 : border + 9]
    (ask,) = load_asks(cut, written(tmp_path, row(quote, "农村公路修多少")))
    assert ask.statement == parts[1].key


def test_asks_of_a_document_that_is_not_loaded_are_left_out(
    tmp_path: Path, cut: tuple[Statement, ...]
) -> None:
    assert load_asks(cut, written(tmp_path, row("累计建成机构", "机构多少", origin="c.txt"))) == ()


def test_a_lost_quote_does_not_stop_the_service_but_is_logged(
    tmp_path: Path, cut: tuple[Statement, ...], caplog: pytest.LogCaptureFixture
) -> None:
    folder = written(tmp_path, row("从未写过", "有吗"), row("机构273个", "几家"))
    with caplog.at_level(logging.WARNING, "knowledge.asks"):
        assert [ask.text for ask in load_asks(cut, folder)] == ["几家"]
    assert "x.jsonl:1" in caplog.text
    assert "从未写过" in caplog.text


def test_the_same_ask_twice_counts_once(tmp_path: Path, cut: tuple[Statement, ...]) -> None:
    line = row("机构273个", "几家", "几家")
    assert len(load_asks(cut, written(tmp_path, line, line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        {"origin": "a.txt", "quote": "机构"},
        {"origin": "a.txt", "ask": ["几家"]},
        {"origin": "a.txt", "quote": "机构", "ask": "几家"},
        {"origin": 1, "quote": "机构", "ask": ["几家"]},
    ],
)
def test_a_line_without_its_fields_is_named(tmp_path: Path, cut: tuple[Statement, ...], line: object) -> None:
    folder = written(tmp_path, row("机构273个", "几家"), line)
    with pytest.raises(CatalogueError, match=r"x\.jsonl:2"):
        load_asks(cut, folder)


def test_no_folder_no_asks(tmp_path: Path, cut: tuple[Statement, ...]) -> None:
    assert load_asks(cut, tmp_path / "none") == ()
    assert load_asks((), written(tmp_path, row("机构273个", "几家"))) == ()


def test_an_ask_is_a_question_and_a_key() -> None:
    assert Ask("几家", "k") == Ask(text="几家", statement="k")
