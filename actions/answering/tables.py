"""Indicator tables: a question about an indicator gets the cell of the asked year and status, or a small ladder.

Where the table has the indicator but not that year or status, and no sentence tells it either, the answer is a
refusal that shows what the table does have: the nearest sentence would be about something else.
"""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answering.bare import per_thing
from actions.answering.guard import refusal
from actions.answering.indicators import Indicators, same_indicator
from actions.answering.ladder import ladder
from actions.answering.mentions import find_years
from actions.answering.rules import wording
from actions.answering.several import apart, asked_beside, part_of
from actions.answering.shown import noted, shown
from actions.answering.state import Draft, Reading, State
from embeddings.retriever import Evidence, Retriever
from knowledge.facts import Fact, indicator_name
from knowledge.normalise import normalise
from knowledge.records import TableRow
from knowledge.statements import Statement

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


class TableRowAnswer:
    """Answers from the cells of the row that the question names."""

    def __init__(self, rows: tuple[TableRow, ...], facts: tuple[Fact, ...], retriever: Retriever):
        self._indicators = Indicators(rows, facts, retriever)
        self._statement: dict[str, Statement] = {
            s.passage.id: s for s in retriever.statements if s.passage.kind == "table_row"
        }
        self._notes = [s for s in retriever.statements if s.passage.note]

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        if state.draft is not None or state.notes.get("unpublished"):
            return
        if reading.districts != ("海曙",) or not self._asks_a_value(reading):
            return
        find = self._indicators
        state.draft = self._each(state.evidence, reading)
        if state.draft is not None:
            return
        rows = find.with_cell(reading)
        if not rows and (missed := self._without_cell(state.evidence, reading)):
            note = self._note(missed)
            if note is not None and set(reading.years) & set(note.statement.years):
                state.draft = Draft("answered_table", [noted(note.statement.text)], [note])
            else:
                state.draft = self._refused(missed, reading)
            return
        rows = rows or find.likely(state.evidence, reading)
        if not rows and len(reading.parts) > 1:
            rows = [row for part in reading.parts for row in find.with_cell(part_of(reading, part))]
        if "fee" in reading.asks:  # «床位费多少» is no question about the number of beds
            rows = [row for row in rows if "元" in row.unit]
        rows = [row for row in rows if not per_thing(reading, indicator_name(row))]
        facts = [f for row in rows for f in find.fitting(row, reading)]
        if facts:
            facts += self._of_other_times(facts, reading)
            draft = state.draft = self._answered(facts, state.evidence, reading)
            told = asked_beside(state, facts)
            draft.claims += [shown(e, reading) for e in told]
            draft.evidence += told

    def _each(self, found: list[Evidence], reading: Reading) -> Draft | None:
        """«GDP2020年多少，人才2025年目标多少»: questions that each name an indicator of their own; None if they don't."""
        drafts: list[Draft] = []
        asked: list[TableRow] = []
        for own in apart(reading):
            rows = [row for row in self._indicators.with_cell(own) if not per_thing(own, indicator_name(row))]
            facts = [f for row in rows for f in self._indicators.fitting(row, own)]
            if not facts or any(same_indicator(row, rows[0]) for row in asked):
                return None
            asked.append(rows[0])
            drafts.append(self._answered(facts, found, own))
        if len(drafts) < 2 or "fee" in reading.asks:
            return None
        claims = [claim for draft in drafts for claim in draft.claims]
        return Draft("answered_table", claims, [e for draft in drafts for e in draft.evidence])

    def _answered(self, facts: list[Fact], found: list[Evidence], reading: Reading) -> Draft:
        evidence, claims = self._evidence(facts), ladder(facts, reading)
        other = self._elsewhere(found, reading, facts)
        if other:
            evidence, claims = [*evidence, other], [*claims[:1], shown(other)]
        if note := self._note([f.row for f in facts]):  # what a footnote says belongs to the figure
            evidence, claims = [*evidence, note], [*claims, noted(note.statement.text)]
        return Draft("answered_table", claims, evidence)

    def _of_other_times(self, facts: list[Fact], reading: Reading) -> list[Fact]:
        """«现在多少，2025年要多少»: the other table may have the same under another name."""
        named = {year for part in reading.parts for year in find_years(part)}
        more: list[Fact] = []
        for year in sorted(named - {f.year for f in facts}):
            then = replace(reading, years=(year,), status="")
            more += [
                f for row in self._indicators.with_cell(then) for f in self._indicators.fitting(row, then)
            ]
        return more

    def _note(self, rows: list[TableRow]) -> Evidence | None:
        """The footnote below the table that names the indicator, if there is one."""
        names = {indicator_name(row) for row in rows}
        sources = {row.passage.source.id for row in rows}
        for note in self._notes:
            if note.passage.source.id in sources and any(name in note.text for name in names):
                return Evidence(note, 8.0, 1.0, 1.0, ())
        return None

    def _evidence(self, facts: list[Fact]) -> list[Evidence]:
        rows = dict.fromkeys(f.row.passage.id for f in facts)
        return [Evidence(self._statement[i], 8.0, 1.0, 1.0, ()) for i in rows]

    def _without_cell(self, evidence: list[Evidence], reading: Reading) -> list[TableRow]:
        """The rows that are named but lack the asked year or status, unless a sentence has it."""
        if not (reading.years or reading.status) or len(reading.years) > 1 or len(reading.parts) > 1:
            return []
        rows = [row for row in self._indicators.named(reading) if self._indicators.facts(row)]
        return [] if not rows or self._told(evidence, reading, rows[0]) else rows

    def _told(self, evidence: list[Evidence], reading: Reading, row: TableRow) -> bool:
        """A sentence of the asked year and status speaks of the indicator by its words."""
        name = self._indicators.name(row)
        words = [c.words for c in reading.strong if any(w in name for w in c.words)]
        return any(
            _of_time(e.statement, reading) and all(any(w in text for w in ways) for ways in words)
            for e in evidence
            if not e.rejected and e.statement.passage.kind != "table_row"
            for text in [normalise(f"{e.statement.passage.label} {e.statement.sentence_text}")]
        )

    def _refused(self, rows: list[TableRow], reading: Reading) -> Draft:
        year = "、".join(f"{y}年" for y in reading.years)
        sort = {"实际": "实际数", "目标": "目标"}.get(reading.status, "")
        asked = f"{year}{indicator_name(rows[0])}{sort}"
        draft = refusal("refused_other_year", asked=asked, english=reading.english)
        anytime = replace(reading, years=(), status="")
        facts = [f for row in rows for f in self._indicators.fitting(row, anytime)]
        if reading.status == "实际":  # a target is no near miss for what was really done
            facts = [f for f in facts if f.status == "实际"]
        draft.claims, draft.evidence = ladder(facts, anytime), self._evidence(facts)
        if draft.claims:
            draft.lead += wording("refused_other_year", "known", english=reading.english)
        return draft

    def _elsewhere(self, evidence: list[Evidence], reading: Reading, facts: list[Fact]) -> Evidence | None:
        """Running text that gives another figure for the same indicator and year: both are shown."""
        levels = [f for f in facts if not f.growth and f.status == "实际" and f.year == 2020]
        if not levels:
            return None
        values = {f.value for f in levels}
        name = self._indicators.name(levels[0].row)
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
        place = "where" in reading.asks and "numeric" not in reading.asks
        return not lists and not place and not reading.asks & _NO_VALUE


def _of_time(statement: Statement, reading: Reading) -> bool:
    """Whether a statement is of the asked year and, if one is asked for, of the asked status."""
    if reading.years and not set(reading.years) & set(statement.years):
        return False
    return not reading.status or (statement.status == "实际") == (reading.status == "实际")
