"""Indicator tables: a question about an indicator gets the cell of the asked year and status, or a small ladder."""

from __future__ import annotations

import re

from actions.answering.state import Draft, Reading, State
from embeddings.retriever import Evidence, Retriever
from knowledge.facts import Fact, indicator_name
from knowledge.normalise import normalise
from knowledge.records import TableRow
from knowledge.statements import Statement

QUESTION_SHARE = 0.7  # of what the question names must be in the row's name
NAME_SHARE = 0.5  # of the row's name must be named by the question
_NAME_NOISE = re.compile(r"[（(].*?[）)]|[*数率%、“”的]|拥有|比重|比例|情况")


class TableRowAnswer:
    """Answers from the cells of the row that the question names."""

    def __init__(self, rows: tuple[TableRow, ...], facts: tuple[Fact, ...], retriever: Retriever):
        self._rows = rows
        self._facts: dict[str, list[Fact]] = {}
        for fact in facts:
            self._facts.setdefault(fact.row.passage.id, []).append(fact)
        self._retriever = retriever
        self._statement: dict[str, Statement] = {
            s.passage.id: s for s in retriever.statements if s.passage.kind == "table_row"
        }
        self._names = {row.passage.id: normalise(row.name) for row in rows}

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        if reading.districts != ("海曙",) or not self._asks_a_value(reading):
            return
        rows = self.rows_for(reading)
        facts = [f for row in rows for f in self._facts[row.passage.id] if fits(f, reading)]
        if not facts:
            return
        shown = list(dict.fromkeys(f.row.passage.id for f in facts))
        evidence = [Evidence(self._statement[i], 8.0, 1.0, 1.0, ()) for i in shown]
        state.draft = Draft("answered_table", ladder(facts, reading), evidence)

    def _asks_a_value(self, reading: Reading) -> bool:
        needs = reading.asks - {"numeric", "when", "compare", "yesno", "define", "list", "where"}
        return not needs

    def rows_for(self, reading: Reading) -> list[TableRow]:
        """The rows of the best-named indicator, in table order; [] when none is named well enough."""
        scored = [(self.match(reading, row), row) for row in self._rows]
        best = max((score for score, _ in scored), default=0.0)
        return [row for score, row in scored if best and score > best - 0.02]

    def match(self, reading: Reading, row: TableRow) -> float:
        """How well the question names this row, 0 (not) … 2."""
        name = self._names[row.passage.id]
        concepts = [c for c in reading.concepts if not c.weak or any(w in name for w in c.words)]
        weights = {c: self._retriever.idf(c) for c in concepts}
        total = sum(weights.values())
        if not total:
            return 0.0
        named = [c for c in concepts if any(w in name for w in c.words)]
        question_share = sum(weights[c] for c in named) / total
        name_share = _covered(name, [w for c in named for w in c.words])
        if question_share < QUESTION_SHARE or name_share < NAME_SHARE:
            return 0.0
        return question_share + name_share


def fits(fact: Fact, reading: Reading) -> bool:
    """Whether a fact is of the asked year and status; average growth only where growth is asked."""
    if reading.years and fact.year not in reading.years:
        return False
    growth_asked = re.search(r"增长|涨|增速|增幅|快不快|年均|累计|grow", reading.text) is not None
    if fact.growth and not fact.total and not growth_asked and "增长" not in fact.indicator:
        return False
    if fact.growth and reading.years and "年均" not in reading.text and not fact.total:
        return False
    if reading.status == "实际":
        return fact.status == "实际"
    if reading.status == "目标":
        return fact.status != "实际"
    return True


def ladder(facts: list[Fact], reading: Reading) -> list[str]:
    """One line an indicator: 实际 first, then targets by year; equal values of two tables only once."""
    lines = []
    for indicator in dict.fromkeys(f.indicator for f in facts):
        steps = dict.fromkeys(_step(f) for f in sorted(facts, key=_order) if f.indicator == indicator)
        lines.append(f"{indicator}：" + "；".join(steps))
    return lines[:1] if len(lines) > 2 else lines


def _order(fact: Fact) -> tuple[bool, int, bool]:
    return (fact.status != "实际", fact.year, fact.growth)


def _step(fact: Fact) -> str:
    if fact.growth and fact.total:
        label = "“十四五”五年累计"
    elif fact.growth:
        period = "“十三五”" if fact.year == 2020 else "“十四五”"
        label = f"{period}年均增长" + ("（实际）" if fact.status == "实际" else "（目标）")
    else:
        label = f"{fact.year}年实际" if fact.status == "实际" else f"{fact.year}年目标"
        if fact.total:
            label += "（五年累计）"
    return f"{label} {fact.amount}"


def _covered(name: str, words: list[str]) -> float:
    """Share of the characters of a row's name that the words cover."""
    name = _NAME_NOISE.sub("", name)
    if not name:
        return 0.0
    marked = [False] * len(name)
    for word in words:
        at = name.find(word)
        while at >= 0:
            marked[at : at + len(word)] = [True] * len(word)
            at = name.find(word, at + 1)
    return sum(marked) / len(name)


def row_label(row: TableRow) -> str:
    """The indicator as shown to people."""
    return indicator_name(row)
