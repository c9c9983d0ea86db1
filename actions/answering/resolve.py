"""Message → reading: language, district, years, what is asked for, and the topic a follow-up leaves unsaid."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answering.clauses import (
    TARGET,
    asking_clauses,
    both_times,
    done_and_planned,
    focus_of,
    parted,
    year_only_later,
)
from actions.answering.concepts import find_concepts
from actions.answering.followup import is_followup, merge
from actions.answering.guard import is_english
from actions.answering.mentions import (
    DISTRICT_WORDS,
    DISTRICTS,
    LAST_REPORTED,
    NOW,
    districts_of,
    find_years,
    other_place,
)
from actions.answering.rules import asks, guards
from actions.answering.spelling import Corrector, plain
from actions.answering.state import Reading, State
from embeddings.retriever import Concept
from knowledge.english import EnglishWords
from knowledge.lexicon import Lexicon
from knowledge.normalise import normalise

_ACTUAL = re.compile(
    r"实际(?!利用)|到底|最后|最终|投进去|做到|到哪一?步|完成(?!目标)|已经|做了|装了|建了|造了|盖了|修了|拆了|改了|现在|目前|眼下|如今|结果|实绩|建成了|了多少|actual|achieved|already|so far|in fact"
)
_REACHED = re.compile(r"(达到|完成|做到|达标).{0,14}(没有|没|吗|了没|不)[?？]?$")  # whether a target was met
NAME, RARE = 3, 3  # characters of a name at least, lines of the documents it stands in at most
_NUMBER_NAME = re.compile(r"(?<![\d.])(?!20[0-4]\d)\d{4,6}(?![\d.年亿万%％元人个家平公])")
_NO_NAME = re.compile(
    r"[的了是在有和与要为以及等不到个这那哪几多少什么怎会能可我你他吗呢把被将上下一二三四五六七八九十百千万年月日]"
)
_THEN = re.compile(
    r"^那么?(?![个些边里年时种样次位家])"
)  # else it is cut together with the name behind it: 那洞|桥
_YEAR_AFTERTHOUGHT = re.compile(
    r"^(?!.*年.*[,，]).*(多少|几).*[,，].{0,8}(?:年|年后|年以后|将来|以后|往后)呢"
)  # "…多少, 2025年呢": now and then
_HORIZON = re.compile(
    r"(接下来|今后|未来|往后|以后)(的)?几年|(这|今后|以后|未来|接下来|后|下)(的)?五年|五年(内|里|规划|计划)|十四五"
)
_TIME_WORDS = re.compile(
    r"(?<![\d双])(20[0-4]\d|[1-3]\d)年?(?=\D|$)|十[三四]五|疫情那一?年|(?:末|底|初|年底|年末)(?=$|[,，\d])"
)


class Resolve:
    """Understands one message in the light of the earlier ones of its conversation."""

    def __init__(
        self, lexicon: Lexicon, correct: Corrector, corpus: str, english: EnglishWords | None = None
    ):
        self._lexicon = lexicon
        self._english = english
        self._correct = correct
        self._corpus = corpus  # normalised text of all passages: tells whether a word is used at all
        # Most runs of a question stand nowhere, and reading all passages to see it takes long.
        self._runs = frozenset(corpus[i : i + NAME] for i in range(len(corpus) - NAME + 1))

    def __call__(self, state: State) -> None:
        context: Reading | None = None
        for turn in state.question.history:
            text = normalise(parted(turn))
            if guards()["smalltalk"].search(text):
                continue
            context = self.read(text, context)
        state.reading = self.read(state.text, context, spelt=state.quick)

    def read(self, text: str, context: Reading | None = None, spelt: bool = False) -> Reading:
        """The reading of normalised ``text``; ``context`` is the reading of the turn before.

        :param spelt: take it as it is spelt: while somebody is typing, the last word is not whole anyway
        """
        text = plain(text) if spelt else self._correct(plain(text))
        alone = self._alone(text)
        if context is None:
            return alone
        topics = [c for c in alone.concepts if not c.weak or len(c.surface) > 2]
        own = [c for c in topics if (c.known and not c.weak) or c.surface in self._corpus]
        return merge(context, alone) if is_followup(alone, len(topics), len(own)) else alone

    def _alone(self, text: str) -> Reading:
        rules = asks()
        kinds = {k for k, v in rules["needs_evidence"].items() if v["ask"].search(text)}
        kinds |= {k for k, v in rules.items() if k != "needs_evidence" and v["ask"].search(text)}
        if _REACHED.search(text):
            kinds.add("reached")
        years = find_years(text)
        focus, parts = focus_of(text), asking_clauses(text)
        english = is_english(text)
        concepts = find_concepts(
            _blank(_THEN, _blank(_TIME_WORDS, text)),
            self._lexicon,
            DISTRICT_WORDS,
            self._english if english else None,
        )
        concepts = sorted([*concepts, *self._rare_names(text, concepts)], key=lambda c: c.position)
        inside = {id(c) for c in find_in(focus, text, concepts)}
        concepts = [c if id(c) in inside else replace(c, weak=True) for c in concepts]
        status = "目标" if TARGET.search(focus) else ""
        if _ACTUAL.search(focus) or _REACHED.search(focus):
            status = "" if status else "实际"
        both = both_times(parts) or (
            NOW.search(text) is not None and bool(years) and min(years) > LAST_REPORTED
        )
        if (
            both or _YEAR_AFTERTHOUGHT.search(text) or year_only_later(parts)
        ):  # now and then: both are asked for
            years, status = (), ""
        if done_and_planned(parts):
            status = ""
        return Reading(
            text=text,
            asked=text,
            concepts=tuple(concepts),
            asks=frozenset(kinds),
            parts=tuple(parts),
            years=years,
            status=status,
            districts=districts_of(text),
            other_place=other_place(focus),
            english=english,
            horizon=2025 if _HORIZON.search(text) else 0,
        )

    def _rare_names(self, text: str, concepts: list[Concept]) -> list[Concept]:
        """Names that no dictionary has, though a document does: 屠呦呦. The longest runs that stand in few places."""
        found, rest = [], _blank(DISTRICTS, _outside(text, concepts))
        for number in _NUMBER_NAME.finditer(rest):  # 12345, 8718: hotlines and the like
            if number.group() in self._corpus:
                found.append(Concept(number.group(), (number.group(),), position=number.start()))
        for run in re.finditer(r"[一-鿿]{3,}", rest):
            start = run.start()
            while start + NAME <= run.end():
                end = start + NAME
                if text[start:end] not in self._runs or _NO_NAME.search(text, start, end):
                    start += 1
                    continue
                while end < run.end() and text[start : end + 1] in self._corpus:
                    end += 1
                name = text[start:end]
                if _NO_NAME.search(name) or not 0 < self._corpus.count(name) <= RARE:
                    start += 1
                    continue
                found.append(Concept(surface=name, words=(name,), weak=False, position=start))
                start = end
        return found


def _outside(text: str, concepts: list[Concept]) -> str:
    """The text with blanks where a concept stands."""
    for c in concepts:
        text = text[: c.position] + " " * len(c.surface) + text[c.position + len(c.surface) :]
    return text


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda m: " " * len(m.group()), text)


def find_in(focus: str, text: str, concepts: list[Concept]) -> list[Concept]:
    """The concepts that stand in the focus clauses."""
    if focus == text:
        return concepts
    spans = [(text.find(c), text.find(c) + len(c)) for c in focus.split("，")]
    inside = [c for c in concepts if any(a <= c.position < b for a, b in spans)]
    return inside if any(not c.weak for c in inside) else concepts
