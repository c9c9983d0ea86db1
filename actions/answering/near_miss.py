"""A refusal that says what the sources do tell, where they tell something near."""

from __future__ import annotations

from collections.abc import Sequence

from actions.answering.guard import refusal
from actions.answering.rules import asks, wording
from actions.answering.state import Reading, State
from embeddings.query import Concept, Evidence

ALIKE_ENGLISH = 0.875  # the same for a question in English, which only shares its sense
NAMED, ALIKE = 0.15, 0.91  # coverage and likeness, either of which makes a near miss


def refuse(state: State, status: str, asked: str, near: Sequence[Evidence], known: float) -> None:
    """Sets the draft: the reason, what was asked, and as a near miss what of ``near`` scores at least ``known``."""
    reading = state.reading
    assert reading is not None
    draft = refusal(status, asked=asked, english=reading.english)
    worth = [e for e in near if e.score >= known and _same_sense(e, reading) and _near(e, reading)]
    if worth:
        state.notes["known"] = wording(status, "known", english=reading.english)
        draft.evidence = worth
    state.draft = draft


def _near(evidence: Evidence, reading: Reading) -> bool:
    """Something of what was asked is named in it, or it is very alike: else it is only noise."""
    own = _own_things(reading) if reading.followup else set()
    if own and own <= set(evidence.missing):
        return False  # it only speaks of what was talked about before
    if reading.english:  # what a dictionary finds of its words says little
        return evidence.similarity >= ALIKE_ENGLISH
    return evidence.coverage >= NAMED or evidence.similarity >= ALIKE


def _own_things(reading: Reading) -> set[Concept]:
    """What a follow-up names itself, apart from what it asks of the earlier topic: a phone number, a fee."""
    rest = reading.asked
    for kind in reading.asks & set(asks()["needs_evidence"]):
        rest = asks()["needs_evidence"][kind]["ask"].sub(" ", rest)
    return {c for c in reading.concepts if c.surface in rest}


def _same_sense(evidence: Evidence, reading: Reading) -> bool:
    """A target is no near miss for a question that asks what was really done."""
    return reading.status != "实际" or evidence.statement.status == "实际"
