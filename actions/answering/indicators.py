"""Which row of the indicator tables a question names: by its words, or by likeness where those fail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from actions.answering.ladder import asks_growth, fits
from actions.answering.rules import asks
from actions.answering.state import Reading
from embeddings.coverage import holds
from embeddings.retriever import Concept, Evidence, Retriever
from knowledge.facts import Fact, indicator_name
from knowledge.normalise import normalise
from knowledge.records import TableRow

QUESTION_SHARE = 0.6  # of what the question names must be in the row's name
NAME_SHARE = 0.45  # of the row's name must be named by the question
# see ``likely``: likeness of a question to the way a row is asked for; of one that is clearly nearer than any sentence
LIKELY, LIKELY_CLEAR = 0.915, 0.88
LIKELY_NEARER, LIKELY_BETTER, LIKELY_BEHIND = 1.0, 2.0, 1.0  # than the nearest and best sentence
CLEARER = 0.1  # by how much a row without a fitting cell must be better named to stand in the way
PARTICULAR = 0.6  # how much a word tells that stands in few passages
_INSTITUTION = re.compile(r"[一-鿿]{2,}(?:医院|中学|小学|学校|公园|大桥|街道)")
_VALUE_WORDS = re.compile(
    r"(?:想|要)?(?:平均|增长.*|增加.*|涨.*|目标|计划|实际.*|做到?|弄到?|搞到?|完成.*|指标|规划|数值|占|最多|最少|不能|超过|要求|达到?|预期|现状|提高.*|提[到升]?)"
)
_RARE_UNITS = {"斤", "微克", "平方米", "件", "张", "亩", "美元"}
_NAME_NOISE = re.compile(r"[（(].*?[）)]|[*%、“”的]|拥有|比重|比例|情况")


_FALL = re.compile(r"降低|下降|减少")  # a row of how far something fell
_FALL_ASKED = re.compile(r"降|减|少了|跌|节约")
_SHARE = re.compile(r"占|比重|比例|率")
_SHARE_ASKED = re.compile(r"占(?!地|道)")
_PART_OF_ALL = re.compile(r"城镇居民|农村居民")


class Indicators:
    """The rows of the tables, found by what a question calls them."""

    def __init__(self, rows: tuple[TableRow, ...], facts: tuple[Fact, ...], retriever: Retriever):
        self._rows = rows
        self._facts: dict[str, list[Fact]] = {}
        for fact in facts:
            self._facts.setdefault(fact.row.passage.id, []).append(fact)
        self._retriever = retriever
        self._names = {row.passage.id: normalise(row.name) for row in rows}
        self._naming = lru_cache(maxsize=4096)(self._rows_naming)  # residents' words come back

    def name(self, row: TableRow) -> str:
        """Normalised name of a row."""
        return self._names[row.passage.id]

    def facts(self, row: TableRow) -> list[Fact]:
        """Every cell of a row."""
        return self._facts.get(row.passage.id, [])

    def fitting(self, row: TableRow, reading: Reading) -> list[Fact]:
        """The cells of the asked year, status and sort."""
        return [f for f in self.facts(row) if fits(f, reading)]

    def named(self, reading: Reading) -> list[TableRow]:
        """The rows of the best-named indicator, in table order, whether or not a cell fits; [] if none is."""
        scored = self._scored(reading)
        best, first = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if first is None or not best:
            return []
        return [row for score, row in scored if score and same_indicator(row, first)]

    def with_cell(self, reading: Reading) -> list[TableRow]:
        """The same among rows with a fitting cell; [] where a row without one is clearly meant."""
        scored = self._scored(reading)
        fitting = [(score, row) for score, row in scored if score and self.fitting(row, reading)]
        best, first = max(fitting, key=lambda pair: pair[0], default=(0.0, None))
        if first is None or not best:
            return []
        rows = [row for score, row in fitting if score and same_indicator(row, first)]
        top, meant = max(scored, key=lambda pair: pair[0])
        blank = top > best + CLEARER and not same_indicator(meant, first) and bool(self.facts(meant))
        return [] if blank else rows

    def _scored(self, reading: Reading) -> list[tuple[float, TableRow]]:
        weights = {c: self._weight(c) for c in reading.concepts if not _VALUE_WORDS.fullmatch(c.surface)}
        particular = self._particular(reading)
        named = frozenset().union(*(self._naming(c.words) for c in weights))
        return [
            (self._match(reading, row, weights, particular) if row.passage.id in named else 0.0, row)
            for row in self._rows
        ]

    def _rows_naming(self, words: tuple[str, ...]) -> frozenset[str]:
        """Ids of the rows whose name holds one of the words."""
        return frozenset(id_ for id_, name in self._names.items() if holds(name, words))

    def likely(self, evidence: list[Evidence], reading: Reading) -> list[TableRow]:
        """The row that is nearer than any sentence by how residents ask for it, in whatever words."""
        found = [e for e in evidence if not e.rejected]
        rows = [e for e in found if e.statement.passage.id in self._names]
        if not rows or reading.other_place or reading.asks & set(asks()["needs_evidence"]):
            return []
        nearest = max(rows, key=lambda e: e.nearness)
        prose = [e for e in found if e.statement.passage.kind != "table_row"]
        nearer = nearest.nearness - max((e.nearness for e in prose), default=0.0)
        better = nearest.score - max((e.score for e in prose), default=0.0)
        clear = nearer >= LIKELY_NEARER or better >= LIKELY_BETTER
        if nearer < 0 or better < -LIKELY_BEHIND or nearest.similarity < (LIKELY_CLEAR if clear else LIKELY):
            return []
        best = next(row for row in self._rows if row.passage.id == nearest.statement.passage.id)
        named = self._particular(reading)
        if clear:  # then other words for the thing itself are no sign of something else
            named = [c for c in named if not c.surface.isascii() and _is_name(c)]
        if not self.fitting(best, reading) or _speaks_of_else(self._names[best.passage.id], named):
            return []
        return [row for row in self._rows if same_indicator(row, best)]

    def _particular(self, reading: Reading) -> list[Concept]:
        """What the question names that few passages hold (普济医院的床位)."""
        long = [c for c in reading.strong if c.known or len(c.surface) >= 3]
        named = [c for c in long if self._retriever.idf(c) >= PARTICULAR or _INSTITUTION.fullmatch(c.surface)]
        other = [c for c in reading.strong if self._is_elsewhere(c, reading.districts)]
        return [*(c for c in named if self._retriever.knows(c)), *other]

    def _is_elsewhere(self, concept: Concept, districts: tuple[str, ...]) -> bool:
        """A name that only another district's documents use: no row of ours is about it."""
        places = set() if concept.known else self._retriever.districts_naming(concept)
        return bool(places) and not places & set(districts)

    def _match(
        self,
        reading: Reading,
        row: TableRow,
        weights: Mapping[Concept, float],
        particular: Sequence[Concept],
    ) -> float:
        """How well the question's weighted concepts name this row, 0 (not) … 2."""
        name = self._names[row.passage.id]
        named = [c for c in weights if row.passage.id in self._naming(c.words)]
        if not named or _speaks_of_else(name, particular):
            return 0.0
        total = sum(weight for c, weight in weights.items() if not (c.weak and c.known) or c in named)
        question_share = sum(weights[c] for c in named) / total
        name_share = _covered(name, [w for c in named for w in c.words]) + _unit_named(
            reading.asked, row.unit
        )
        if question_share < QUESTION_SHARE or name_share < NAME_SHARE:
            return 0.0
        return question_share + name_share - self._other_sort(name, reading)

    def _other_sort(self, name: str, reading: Reading) -> float:
        """What speaks against a row: it prints a fall, or a part of the people, and neither was asked for."""
        against = 0.3 if _FALL.search(name) and not _FALL_ASKED.search(reading.text) else 0.0
        if _SHARE_ASKED.search(reading.text) and not _SHARE.search(
            name
        ):  # 研发占GDP多少 is no question about GDP
            against += 0.5
        part = _PART_OF_ALL.search(name)
        narrowed = part is not None and any(part.group() in c.words for c in reading.concepts)
        if part and not narrowed and asks_growth(reading):
            against += 0.3
        return against

    def _weight(self, concept: Concept) -> float:
        """A word the corpus never uses says little about which row is meant."""
        weight = self._retriever.idf(concept) * (0.5 if concept.weak else 1.0)
        return weight if concept.known or self._retriever.knows(concept) else 0.4 * weight


def _is_name(concept: Concept) -> bool:
    return not concept.known or _INSTITUTION.fullmatch(concept.surface) is not None


def _speaks_of_else(name: str, particular: Sequence[Concept]) -> bool:
    """The question names something particular of the documents that the row does not."""
    return any(not holds(name, c.words) for c in particular)


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
