"""Answers that a person wrote and a second one approved: told when the question is theirs, with their source.

An entry that quotes a document is told like any answer: the quote must stand in the document that is served now, and
every number of the answer in the quote. One that rests on a person's reply says so, with the date.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import yaml
from numpy.typing import NDArray

from actions.answering.answer import Answer, Citation, Question
from actions.answering.compose import source_line
from actions.answering.guard import guard
from actions.answering.rules import wording
from actions.answering.state import State
from actions.answering.verify import quantities, violations
from knowledge.library import Library
from knowledge.normalise import normalise
from knowledge.places import TOWNS

FILE = Path(__file__).with_name("curated.yml")
_TOWN = re.compile(rf"(?:海曙区?)?(?:{'|'.join(TOWNS)})(?:街道|镇|乡)?的?")


@dataclass(frozen=True)
class CuratedEntry:
    """``source``, ``quote``: what it rests on in a document; or ``replied``, ``replier``: whose reply it was."""

    id: int
    questions: tuple[str, ...]
    text: str
    effective: dt.date
    expires: dt.date  # the last day on which it is told
    source: str = ""
    quote: str = ""
    replier: str = ""
    replied: dt.date | None = None
    root: int = 0  # the same for all versions of one entry
    version: int = 1
    scope: str = ""  # the town for which it holds; empty: the whole district
    off: bool = False


class QuestionEncoder(Protocol):
    """The part of an encoder that is needed."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


@cache
def likeness() -> dict[str, Any]:
    """``curated.yml``."""
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


class Curated:
    """Finds the entry that a question asks for.

    :param entries: those that may be told now; asked for with every question, so it must be quick.
    :param today: the district's date.
    """

    def __init__(
        self,
        encoder: QuestionEncoder,
        entries: Callable[[], Sequence[CuratedEntry]],
        today: Callable[[], dt.date],
    ) -> None:
        self._encoder, self._entries, self._today = encoder, entries, today
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def answer(self, question: Question, library: Library) -> Answer | None:
        """The entry as an answer, or None: then the documents are asked as ever."""
        started = time.perf_counter()
        today = self._today()
        live = in_force(self._entries(), today)
        if not live or self._guarded(question.text):
            return None
        entry = self._matching(_bare(question.text), live)
        told = _told(entry, library) if entry else None
        if told is None:
            return None
        status, text, citations = told
        return Answer(text, status, citations, ms=(time.perf_counter() - started) * 1000)

    def _guarded(self, text: str) -> bool:
        state = State(Question(text), text=normalise(text))
        guard(state)
        return state.draft is not None

    def _matching(self, text: str, live: Sequence[CuratedEntry]) -> CuratedEntry | None:
        """What holds for the town that is named goes before what holds for the district."""
        here = [entry for entry in live if entry.scope and entry.scope in text]
        everywhere = [entry for entry in live if not entry.scope]
        return (
            self._among(_without_town(text), here) or self._among(text, here) or self._among(text, everywhere)
        )

    def _among(self, text: str, live: Sequence[CuratedEntry]) -> CuratedEntry | None:
        rules = likeness()
        phrasings = [(_bare(asked), entry) for entry in live for asked in entry.questions]
        exact = [entry for asked, entry in phrasings if asked == text]
        if exact:
            return exact[0]
        near = [
            (asked, entry)
            for asked, entry in phrasings
            if quantities(asked) == quantities(text) and shared(asked, text) >= rules["shared"]
        ]
        if not near:
            return None
        vector = self._encoder.encode_queries([text])[0]
        scores = [float(vector @ self._vector(asked)) for asked, _ in near]
        best = int(np.argmax(scores))
        return near[best][1] if scores[best] >= rules["similarity"] else None

    def _vector(self, text: str) -> NDArray[np.float32]:
        if text not in self._vectors:
            self._vectors[text] = self._encoder.encode_queries([text])[0]
        return self._vectors[text]


def in_force(entries: Iterable[CuratedEntry], today: dt.date) -> list[CuratedEntry]:
    """Of each entry the newest version whose first day has come, unless it is switched off or past its last day.

    An older version never comes back in its place: what was put right stays put right.
    """
    newest: dict[int, CuratedEntry] = {}
    for entry in entries:
        held = newest.get(entry.root or entry.id)
        if entry.effective <= today and (held is None or held.version < entry.version):
            newest[entry.root or entry.id] = entry
    return [entry for entry in newest.values() if not entry.off and today <= entry.expires]


def shared(one: str, other: str) -> float:
    """Share of the character pairs of the shorter text that the other has, too.

    >>> shared("居住证怎么办", "居住证怎么办理")
    1.0
    """
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other)]
    small, large = sorted(pairs, key=len)
    return len(small & large) / len(small) if small else 0.0


def _bare(text: str) -> str:
    return normalise(text).strip(" ?？!！。.，,~")


def _without_town(text: str) -> str:
    """
    >>> _without_town("古林镇居住证在哪里办")
    '居住证在哪里办'
    """
    return _TOWN.sub("", text)


def _told(entry: CuratedEntry, library: Library) -> tuple[str, str, tuple[Citation, ...]] | None:
    text = f"{entry.text}（适用于{entry.scope}）" if entry.scope else entry.text
    if not entry.source:
        on = f"{entry.replied:%Y年%m月%d日}" if entry.replied else ""
        return "answered_human", f"{text}\n{wording('answered_human')}（{entry.replier}，{on}）", ()
    citation = cited(entry.source, entry.quote, library)
    if citation is None or violations(entry.text, [citation.passage_text], (citation.district,)):
        return None
    return "answered", f"{text}\n{source_line(citation)}", (citation,)


def cited(source_id: str, quote: str, library: Library) -> Citation | None:
    """The place of a verbatim quote in a document of the library; None when it does not stand there."""
    document = library.documents.get(source_id)
    start = document.text.find(quote) if document and quote else -1
    if document is None or start < 0:
        return None
    source = document.source
    return Citation(
        source.id, source.origin, source.title, source.district, source.published.isoformat(), (), quote,
        start, start + len(quote), "", quote,
    )  # fmt: skip
