"""How residents ask (knowledge/asks): each quote stands in exactly its document, each ask is worth having."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from knowledge.asks import FOLDER, load_asks
from knowledge.library import Library
from knowledge.normalise import normalise
from knowledge.statements import statements

SOURCES = FOLDER.parent / "sources"
FILES = sorted(FOLDER.glob("*.jsonl"))
MAX_ASK = 120
LEAST_QUOTE = 4


def rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    return [(number, json.loads(line)) for number, line in lines if line.strip()]


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


@cache
def document(origin: str) -> str:
    return squeeze((SOURCES / origin).read_text("utf-8"))


def test_there_are_asks() -> None:
    assert sum(len(rows(path)) for path in FILES) > 500


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_lines_have_the_agreed_fields(path: Path) -> None:
    for number, row in rows(path):
        assert row.keys() == {"origin", "quote", "ask"}, number
        assert (SOURCES / row["origin"]).is_file(), number
        assert len(squeeze(row["quote"])) >= LEAST_QUOTE, number
        assert row["ask"], number
        assert len(set(row["ask"])) == len(row["ask"]), number


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_quote_stands_exactly_once_in_its_document(path: Path, contract_library: Library) -> None:
    printed_in_both_tables = {squeeze(row.name) for row in contract_library.rows}
    off = {}
    for number, row in rows(path):
        quote = squeeze(row["quote"])
        count = document(row["origin"]).count(quote)
        if count != 1 and not (count == 2 and quote in printed_in_both_tables):
            off[number] = (count, row["quote"])
    assert off == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_quote_stands_in_a_passage_so_that_its_asks_are_used(
    path: Path, contract_library: Library
) -> None:
    texts: dict[str, list[str]] = {}
    for passage in contract_library.passages:
        texts.setdefault(passage.source.origin, []).append(squeeze(passage.text))
    lost = {
        number: row["quote"]
        for number, row in rows(path)
        if not any(squeeze(row["quote"]) in text for text in texts[row["origin"]])
    }
    assert lost == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_ask_is_a_question_not_the_sentence_itself(path: Path) -> None:
    wrong = []
    for number, row in rows(path):
        quote = normalise(row["quote"])
        for ask in row["ask"]:
            if not isinstance(ask, str) or not 2 < len(ask.strip()) <= MAX_ASK or normalise(ask) == quote:
                wrong.append((number, ask))
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_one_way_to_ask_points_to_one_place(path: Path) -> None:
    """The same words for two facts of a document would make either answer the other's question."""
    places: dict[str, set[str]] = {}
    for _, row in rows(path):
        for ask in row["ask"]:
            places.setdefault(normalise(ask), set()).add(row["quote"])
    assert {ask: sorted(found) for ask, found in places.items() if len(found) > 1} == {}


def test_no_fact_is_listed_twice() -> None:
    counts = Counter((row["origin"], squeeze(row["quote"])) for path in FILES for _, row in rows(path))
    assert {key: n for key, n in counts.items() if n > 1} == {}


def test_all_of_them_are_loaded(contract_library: Library) -> None:
    cut = statements(contract_library.passages)
    loaded = load_asks(cut)
    written = {ask for path in FILES for _, row in rows(path) for ask in row["ask"]}
    assert {ask.text for ask in loaded} == written
    assert {ask.statement for ask in loaded} <= {s.key for s in cut}
