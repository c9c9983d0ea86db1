"""Small sources, passages, evidence and readings for tests of single steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from actions.answering.answer import Question
from actions.answering.resolve import Resolve
from actions.answering.state import Reading, State
from embeddings.retriever import Concept, Evidence
from knowledge.normalise import normalise
from knowledge.records import Passage, PassageKind, Source, Span
from knowledge.statements import Statement, statements

CARE = "去年累计建成居家养老服务机构273个，居家养老服务设施基本实现全覆盖。"


def source(district: str = "海曙", year: int = 2021, kind: str = "press", name: str = "press-1") -> Source:
    return Source(
        name, f"{name}.txt", "养老这一年", "报", district, dt.date(year, 3, 1), (2016, 2035), kind, "0"
    )


def passage(
    text: str,
    of: Source | None = None,
    heading: tuple[str, ...] = ("民生", "（一）养老服务。"),
    kind: PassageKind = "prose",
    label: str = "",
) -> Passage:
    return Passage(of or source(), kind, heading, text, (Span(0, len(text)),), label)


def statement(text: str = CARE, of: Source | None = None, **more: Any) -> Statement:
    """The first statement of a passage with this text."""
    return statements([passage(text, of, **more)])[0]


def evidence(
    text: str = CARE,
    of: Source | None = None,
    score: float = 9.0,
    similarity: float = 0.95,
    coverage: float = 1.0,
    missing: tuple[Concept, ...] = (),
    rejected: str = "",
    **more: Any,
) -> Evidence:
    """Strong evidence unless told otherwise."""
    return Evidence(statement(text, of, **more), score, similarity, coverage, missing, rejected)


def asked(resolve: Resolve, text: str, *history: str) -> State:
    """The state after the question has been understood."""
    state = State(Question(text, history), text=normalise(text))
    resolve(state)
    return state


def read(resolve: Resolve, text: str, *history: str) -> Reading:
    reading = asked(resolve, text, *history).reading
    assert reading is not None
    return reading
