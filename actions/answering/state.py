"""What the steps of the pipeline hand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from actions.answering.answer import Answer, Question
from embeddings.retriever import Concept, Evidence


@dataclass(frozen=True)
class Reading:
    """A question as understood, on its own or in the light of the earlier ones."""

    text: str  # normalised wording, earlier topic included for a follow-up
    asked: str  # the resident's own words now
    concepts: tuple[Concept, ...] = ()
    asks: frozenset[str] = frozenset()  # names from asks.yml
    years: tuple[int, ...] = ()
    status: str = ""  # "实际", "目标" or "" when the question doesn't say
    districts: tuple[str, ...] = ("海曙",)
    other_place: str = ""  # a place outside both districts that the question is about
    english: bool = False
    followup: bool = False
    parts: tuple[str, ...] = ()  # the asking clauses of a message with several
    horizon: int = 0  # a year that 这五年 and the like point to: ranks, never filters

    @property
    def strong(self) -> tuple[Concept, ...]:
        return tuple(c for c in self.concepts if not c.weak)


@dataclass
class Draft:
    """An answer before the verifier: claims rest on ``evidence``, the frame around them doesn't."""

    status: str
    claims: list[str]  # shown wording, each must be verifiable against the evidence
    evidence: list[Evidence] = field(default_factory=list)
    lead: str = ""
    tail: str = ""
    suggestions: tuple[str, ...] = ()
    gloss: list[str] = field(
        default_factory=list
    )  # the claims' figures in the question's language; verified too


@dataclass
class State:
    """The question on its way through the steps; a step that sets ``draft`` ends the run."""

    question: Question
    text: str = ""  # normalised
    reading: Reading | None = None
    evidence: list[Evidence] = field(default_factory=list)
    draft: Draft | None = None
    answer: Answer | None = None
    notes: dict[str, Any] = field(default_factory=dict)
    quick: bool = False  # still being typed: sentences are enough
