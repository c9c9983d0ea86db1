"""Which pieces of evidence a language model may see and choose from, and how they are written for it."""

from __future__ import annotations

from dataclasses import dataclass

from actions.answering.llm_question import without_contacts
from actions.answering.llm_rules import Rules
from actions.answering.shown import shown
from actions.answering.state import Draft, State
from embeddings.retriever import Evidence


@dataclass(frozen=True)
class Span:
    """One numbered sentence. ``needed``: an answer without it would answer only half of the question."""

    number: int
    shown: str  # as a resident sees it
    sent: str  # as the model sees it
    evidence: Evidence
    needed: bool


def candidates(draft: Draft, state: State, rules: Rules) -> list[Span]:
    """What the draft shows, first; then evidence nearly as good of the same district, never a table row.

    Empty where claims and evidence don't go in pairs: then nothing tells which claim rests on what.
    """
    if not draft.claims or len(draft.claims) != len(draft.evidence):
        return []
    several = len(draft.claims) > 1 and _asks_several(state)
    pairs = [(claim, evidence, several) for claim, evidence in zip(draft.claims, draft.evidence, strict=True)]
    if not several and draft.status == "answered":
        pairs += [(shown(e, state.reading), e, False) for e in _others(draft, state.evidence, rules)]
    return [
        Span(number, claim, without_contacts(claim), evidence, needed)
        for number, (claim, evidence, needed) in enumerate(pairs[: max(rules.spans, len(draft.claims))], 1)
    ]


def _asks_several(state: State) -> bool:
    reading = state.reading
    return reading is not None and (
        len(reading.years) > 1
        or len(reading.districts) > 1
        or len(reading.parts) > 1
        or bool(reading.asks & {"chronicle", "compare"})
    )


def _others(draft: Draft, evidence: list[Evidence], rules: Rules) -> list[Evidence]:
    best = draft.evidence[0]
    used = {(e.statement.passage.id, e.statement.sentence) for e in draft.evidence}
    return [
        e
        for e in evidence
        if not e.rejected
        and e.score >= best.score - rules.within
        and e.statement.passage.kind not in ("table_row", "term")
        and e.statement.passage.source.district == best.statement.passage.source.district
        and (e.statement.passage.id, e.statement.sentence) not in used
    ]
