"""名词解释 cards: a question that asks what a term means gets its definition, whole."""

from __future__ import annotations

import re

from actions.answering.state import Draft, State
from embeddings.retriever import Concept, Evidence
from knowledge.normalise import normalise
from knowledge.records import Term
from knowledge.statements import Statement

HINTED = frozenset({"answered", "answered_list", "answered_table"})
MAX_HINTS, MIN_NAME = 2, 3
_SPOKEN = {"加": "+", "减号": "-", "杠": "-"}
_CN_DIGIT = str.maketrans("一二三四五六七八九", "123456789")
_TOLD_APART = re.compile(r"“[\dA-Z一二两三四五六七八九十]+”(?:是|就是|指|即|为)")  # of a name's digits each
_LOOSE = re.compile(r"[的之\s+＋“”\"（）()·-]")


class TermCard:
    """Finds the term a message names, by its name, a part of it, or as it is spoken."""

    def __init__(self, terms: tuple[Term, ...], statements: tuple[Statement, ...]):
        self._terms = terms
        self._statement = {s.passage.id: s for s in statements if s.passage.kind == "term"}
        self._names = sorted(
            ((_loose(normalise(name)), term) for term in terms for name in (term.name, *term.aliases)),
            key=lambda pair: -len(pair[0]),
        )

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        if reading.districts != ("海曙",):
            return
        found = self.find(reading.asked) or (self.find(reading.text) if reading.followup else None)
        if found is None:
            return
        name, term = found
        counts = "numeric" in reading.asks and not reading.asks & {"define", "list"}
        if counts:
            return
        which = _asks_which(reading.asked, name)
        apart = "digits" in reading.asks and _TOLD_APART.search(term.definition)
        if "define" in reading.asks or which or apart or self._asks_its_parts(reading.strong, name, term):
            statement = self._statement[term.passage.id]
            evidence = Evidence(statement, score=9.0, similarity=1.0, coverage=1.0, missing=())
            state.draft = Draft("answered_term", [f"【{term.name}】{term.definition}"], [evidence])

    def find(self, text: str) -> tuple[str, Term] | None:
        """The longest term name in ``text``."""
        loose = _loose(spoken(text))
        return next(((name, term) for name, term in self._names if len(name) >= 2 and name in loose), None)

    def used(self, text: str) -> list[tuple[str, Term]]:
        """(name, term) of every term whose name stands in a text, the longest names first."""
        loose = _loose(normalise(text))
        return [(name, term) for name, term in self._names if len(name) >= MIN_NAME and name in loose]

    def _asks_its_parts(self, concepts: tuple[Concept, ...], name: str, term: Term) -> bool:
        """Nothing is asked but the term and what its definition speaks of (五减是哪五个减)."""
        definition = normalise(term.definition)
        rest = [
            c
            for c in concepts
            if _loose(c.surface) not in name and not any(_loose(w) in name for w in c.words)
        ]
        return all(any(w in definition for w in c.words) for c in rest)


def _asks_which(asked: str, name: str) -> bool:
    """«两链风险, 哪两根链»: what a name counts is asked for one by one."""
    counted = re.search(r"(?:^|\D)([两\d])([一-鿿])$", name)
    one = counted and rf"哪{counted[1]}[个条根种样类项方块]?{counted[2]}"
    return bool(one) and re.search(one or "", _loose(spoken(asked))) is not None


class TermHints:
    """A finishing step: terms that an answer uses are offered as the next question, one tap away."""

    def __init__(self, card: TermCard):
        self._card = card

    def __call__(self, state: State) -> None:
        draft = state.draft
        if draft is None or draft.status not in HINTED or not draft.claims:
            return
        asked = _loose(spoken(state.text))
        terms = [t for name, t in self._card.used("".join(draft.claims)) if name not in asked]
        english = state.reading is not None and state.reading.english
        ask = "What is {}?" if english else "{}是什么意思"
        more = tuple(ask.format(t.name) for t in dict.fromkeys(terms))
        draft.suggestions = (*draft.suggestions, *more[: max(0, MAX_HINTS - len(draft.suggestions))])


def spoken(text: str) -> str:
    """Signs as they are read out between codes: 1加8加x → 1+8+x, 一加八加x too."""
    if "加" not in text:
        return text
    pattern = re.compile(r"(?<=[0-9a-z一二三四五六七八九])加(?=[0-9a-z一二三四五六七八九])")
    marked = pattern.sub("+", text)
    return re.sub(
        r"[一二三四五六七八九](?=\+)|(?<=\+)[一二三四五六七八九]",
        lambda m: m.group().translate(_CN_DIGIT),
        marked,
    )


def _loose(text: str) -> str:
    """Without signs, and with small numerals as digits: 六稳 and 6稳 are one name."""
    return _LOOSE.sub("", text).translate(_CN_DIGIT)
