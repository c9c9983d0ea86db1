"""Indicator tables: a question about an indicator gets the cell of the asked year and status, or a small ladder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher

import numpy as np

from actions.answering.compose import shown
from actions.answering.ladder import fits, ladder
from actions.answering.retrieve import query_of
from actions.answering.state import Draft, Reading, State
from embeddings.retriever import Concept, Evidence, Retriever
from knowledge.facts import Fact, indicator_name
from knowledge.normalise import normalise
from knowledge.records import TableRow
from knowledge.statements import Statement

QUESTION_SHARE = 0.6  # of what the question names must be in the row's name
NAME_SHARE = 0.45  # of the row's name must be named by the question
LIKELY_ENGLISH = 0.78
LIKELY_SIMILARITY, LIKELY_LEAD, LIKELY_SHARE = 0.9, 0.029, 0.2  # see ``likely``
# what a table never answers, however well the indicator is named
_NO_VALUE = frozenset(
    [
        "phone",
        "procedure",
        "hours",
        "address",
        "contact_person",
        "app",
        "jobs",
        "opinion",
        "admission",
        "personal",
        "office",
        "reason",
        "ranking",
        "population",
    ]
)
_VALUE_WORDS = re.compile(
    r"平均|增长.*|增加.*|涨.*|目标|计划|实际.*|做到|完成.*|指标|规划|数值|占|最多|最少|不能|超过|要求|达到|预期|现状|提高.*"
)
_RARE_UNITS = {"斤", "微克", "平方米", "件", "张", "亩", "美元"}
_NAME_NOISE = re.compile(r"[（(].*?[）)]|[*%、“”的]|拥有|比重|比例|情况")


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
        place = {s.passage.id: i for i, s in enumerate(retriever.statements)}
        self._places = np.array([place[row.passage.id] for row in rows])
        self._names = {row.passage.id: normalise(row.name) for row in rows}

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        if state.draft is not None or reading.districts != ("海曙",) or not self._asks_a_value(reading):
            return
        rows = self.rows_for(reading) or self.likely(state.evidence, reading)
        if not rows and len(reading.parts) > 1:
            rows = [row for part in reading.parts for row in self.rows_for(_part(reading, part))]
        facts = [f for row in rows for f in self._fitting(row, reading)]
        if not facts:
            return
        shown_rows = list(dict.fromkeys(f.row.passage.id for f in facts))
        evidence = [Evidence(self._statement[i], 8.0, 1.0, 1.0, ()) for i in shown_rows]
        claims = ladder(facts, reading)
        other = self._elsewhere(state.evidence, reading, facts)
        if other:
            evidence, claims = [*evidence[:1], other], [*claims[:1], shown(other)]
        state.draft = Draft("answered_table", claims, evidence)

    def _elsewhere(self, evidence: list[Evidence], reading: Reading, facts: list[Fact]) -> Evidence | None:
        """Running text that gives another figure for the same indicator and year: both are shown."""
        levels = [f for f in facts if not f.growth and f.status == "实际" and f.year == 2020]
        if not levels:
            return None
        values = {f.value for f in levels}
        name = self._names[levels[0].row.passage.id]
        words = [c for c in reading.concepts if not c.weak and any(w in name for w in c.words)]
        for e in evidence:
            statement = e.statement
            text = normalise(statement.text)
            if (
                e.rejected
                or statement.passage.kind == "table_row"
                or statement.status != "实际"
                or 2020 not in statement.years
            ):
                continue
            named = all(any(w in text for w in c.words) for c in words)
            amounts = re.findall(rf"(\d+(?:\.\d+)?){re.escape(levels[0].unit)}", text)
            if named and amounts and not values & set(amounts):
                return e
        return None

    def _asks_a_value(self, reading: Reading) -> bool:
        lists = "list" in reading.asks and "numeric" not in reading.asks
        return not lists and not reading.asks & _NO_VALUE

    def _fitting(self, row: TableRow, reading: Reading) -> list[Fact]:
        return [f for f in self._facts[row.passage.id] if fits(f, reading)]

    def rows_for(self, reading: Reading) -> list[TableRow]:
        """The rows of the best-named indicator that has a fitting cell, in table order; [] if none is named."""
        weights = {c: self._weight(c) for c in reading.concepts if not _VALUE_WORDS.fullmatch(c.surface)}
        fitting = [row for row in self._rows if self._fitting(row, reading)]
        scored = [(self.match(reading, row, weights), row) for row in fitting]
        best, first = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if first is None or not best:
            return []
        return [row for score, row in scored if score and same_indicator(row, first)]

    def likely(self, evidence: list[Evidence], reading: Reading) -> list[TableRow]:
        """The row that the encoder finds far closer than the others, if the question shares a word with it."""
        similarity = self._retriever.similarities(query_of(reading))[self._places]
        order = similarity.argsort()[::-1]
        lead = similarity[order[0]] - similarity[order[2:8]].mean()
        floor = LIKELY_ENGLISH if reading.english else LIKELY_SIMILARITY
        if similarity[order[0]] < floor or lead < LIKELY_LEAD:
            return []
        near = [
            self._rows[int(i)] for i in order[:2] if similarity[i] > similarity[order[0]] - LIKELY_LEAD / 2
        ]
        best = next((row for row in near if self._fitting(row, reading)), None)
        if best is None or not self._leads(best, evidence) or self._speaks_of_else(best, reading):
            return []
        words = [w for c in reading.concepts for w in c.words]
        if _covered(self._names[best.passage.id], words) < LIKELY_SHARE:
            return []
        return [row for row in self._rows if same_indicator(row, best)]

    def _leads(self, row: TableRow, evidence: list[Evidence]) -> bool:
        """No sentence of running text answers better than the row."""
        scores = [e.score for e in evidence if not e.rejected and e.statement.passage.id == row.passage.id]
        prose = [e.score for e in evidence if not e.rejected and e.statement.passage.kind != "table_row"]
        return bool(scores) and scores[0] > max(prose, default=0.0) - 1.0

    def _speaks_of_else(self, row: TableRow, reading: Reading) -> bool:
        """The question names something particular of the documents that the row does not (普济医院的床位)."""
        name = self._names[row.passage.id]
        absent = [c for c in reading.strong if not any(w in name for w in c.words)]
        absent = [c for c in absent if c.known or len(c.surface) >= 3]
        return any(self._retriever.idf(c) >= 0.6 and self._retriever.knows(c) for c in absent)

    def match(self, reading: Reading, row: TableRow, weights: Mapping[Concept, float]) -> float:
        """How well the question's weighted concepts name this row, 0 (not) … 2."""
        name = self._names[row.passage.id]
        named = [c for c in weights if any(w in name for w in c.words)]
        if not named or self._speaks_of_else(row, reading):
            return 0.0
        total = sum(weight for c, weight in weights.items() if not (c.weak and c.known) or c in named)
        question_share = sum(weights[c] for c in named) / total
        name_share = _covered(name, [w for c in named for w in c.words]) + _unit_named(
            reading.asked, row.unit
        )
        if question_share < QUESTION_SHARE or name_share < NAME_SHARE:
            return 0.0
        return question_share + name_share

    def _weight(self, concept: Concept) -> float:
        """A word the corpus never uses says little about which row is meant."""
        weight = self._retriever.idf(concept) * (0.5 if concept.weak else 1.0)
        return weight if concept.known or self._retriever.knows(concept) else 0.4 * weight


def _part(reading: Reading, part: str) -> Reading:
    """One of several questions in a message, by itself."""
    return replace(reading, asked=part, concepts=tuple(c for c in reading.concepts if c.surface in part))


def same_indicator(a: TableRow, b: TableRow) -> bool:
    """Whether two rows, perhaps of two tables, print the same indicator (试验经费 and 试验发展经费 do)."""
    return a.unit == b.unit and SequenceMatcher(None, indicator_name(a), indicator_name(b)).ratio() >= 0.9


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


def _unit_named(asked: str, unit: str) -> float:
    """A rare unit in the question (多少斤, 多少微克) points to the row as much as a word of its name."""
    base = re.sub(r"^[百千万亿]+|/.*", "", unit)
    return 0.25 if base in _RARE_UNITS and re.search(rf"(多少|几)[万亿]?{base}", asked) else 0.0
