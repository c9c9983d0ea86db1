"""Several questions in one message, of which a table answers one or each."""

from __future__ import annotations

from dataclasses import replace

from actions.answering.clauses import TARGET
from actions.answering.compose import answers_part
from actions.answering.mentions import find_years
from actions.answering.retrieve import APART
from actions.answering.state import Reading, State
from embeddings.coverage import holds
from embeddings.retriever import Evidence
from knowledge.facts import Fact, indicator_name
from knowledge.normalise import normalise


def part_of(reading: Reading, part: str) -> Reading:
    """One of several questions in a message, by itself."""
    return replace(reading, asked=part, concepts=tuple(c for c in reading.concepts if c.surface in part))


def apart(reading: Reading) -> list[Reading]:
    """The questions of a message by themselves, each of its own time or else of the one's before it."""
    found: list[Reading] = []
    years: tuple[int, ...] = ()
    for part in reading.parts:
        years = find_years(part) or years
        status = "目标" if TARGET.search(part) else ""
        found.append(replace(part_of(reading, part), text=part, years=years, status=status, parts=()))
    return found


def asked_beside(state: State, facts: list[Fact]) -> list[Evidence]:
    """What a sentence says to another of several questions: one that names something no row of ``facts`` is about."""
    reading = state.reading
    assert reading is not None
    names = normalise(" ".join(indicator_name(f.row) for f in facts))
    others = [c for c in reading.strong if not holds(names, c.words)]
    for question, found in zip(reading.parts, _by_part(state, reading), strict=False):
        if not found or not answers_part(found[0], reading):
            continue
        years, statement = find_years(question), found[0].statement
        named = [c for c in others if c.surface in question and holds(normalise(statement.text), c.words)]
        if named and (not years or set(years) & set(statement.years)):
            return found[:1]
    return []


def _by_part(state: State, reading: Reading) -> list[list[Evidence]]:
    """The sentences found for each question; for the first mostly those of the whole message."""
    parts: list[list[Evidence]] = state.notes.get("parts", [])
    if len(parts) >= len(reading.parts[:APART]):
        return parts
    prose = [e for e in state.evidence if not e.rejected and e.statement.passage.kind != "table_row"]
    return [prose, *parts]
