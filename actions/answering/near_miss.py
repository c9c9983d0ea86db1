"""A refusal that says what the sources do tell, where they tell something near."""

from __future__ import annotations

from collections.abc import Sequence

from actions.answering.guard import refusal
from actions.answering.rules import wording
from actions.answering.state import Reading, State
from embeddings.query import Evidence

NAMED, ALIKE = 0.15, 0.91  # coverage and likeness, either of which makes a near miss


def refuse(state: State, status: str, asked: str, near: Sequence[Evidence], known: float) -> None:
    """Sets the draft: the reason, what was asked, and as a near miss what of ``near`` scores at least ``known``."""
    reading = state.reading
    assert reading is not None
    draft = refusal(status, asked=asked, english=reading.english)
    worth = [e for e in near if e.score >= known and _same_sense(e, reading) and _near(e)]
    if worth:
        state.notes["known"] = wording(status, "known", english=reading.english)
        draft.evidence = worth
    state.draft = draft


def _near(evidence: Evidence) -> bool:
    """Something of what was asked is named in it, or it is very alike: else it is only noise."""
    return evidence.coverage >= NAMED or evidence.similarity >= ALIKE


def _same_sense(evidence: Evidence, reading: Reading) -> bool:
    """A target is no near miss for a question that asks what was really done."""
    return reading.status != "实际" or evidence.statement.status == "实际"
