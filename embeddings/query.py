"""What the retriever is asked and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.statements import Statement


@dataclass(frozen=True)
class Concept:
    """One thing a question speaks of. ``words``: any of them in a passage shows that the passage has it."""

    surface: str
    words: tuple[str, ...]
    weak: bool = False  # too common, or outside the asking clause: helps to rank, can't carry a topic
    known: bool = False  # from the lexicon
    position: int = 0


@dataclass(frozen=True)
class Query:
    """What to look for."""

    text: str  # normalised wording
    written: str = ""  # the same in the documents' words, for the encoder; "" = as it is
    concepts: tuple[Concept, ...] = ()
    districts: tuple[str, ...] = ("海曙",)
    years: tuple[int, ...] = ()
    status: str = ""  # "实际" | "目标" | ""
    lean: str = ""  # like ``status``, where the question only hints at it
    horizon: int = 0  # a year to prefer where none is named
    document: str = ""  # the kind of document the question names, "" if none
    figures: tuple[str, ...] = ()  # amounts that the question itself states: 100万, 16.8%
    wants: frozenset[str] = frozenset()  # of number, time, place, first


@dataclass(frozen=True)
class Evidence:
    """A statement with why it stands where it stands."""

    statement: Statement
    score: float
    similarity: float  # cosine of question and statement
    coverage: float  # share of the question's concepts found, 0…1
    missing: tuple[Concept, ...]  # concepts found neither in the statement nor around it
    rejected: str = ""  # why it must not be used; "" = may be used
    parts: dict[str, float] = field(default_factory=dict, compare=False)
    # of its nearest ask and of itself, as z-scores over all statements, as the metric sees them
    nearness: float = 0.0
