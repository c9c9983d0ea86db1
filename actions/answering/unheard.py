"""Things a question asks about that nothing here has ever named: a cable car, a pet park, metro line 9.

Everything finds something alike, so that a sentence about the mountain would be shown for its cable car. Three places
know what there is: the documents, the lexicon, and the ways residents ask for what the documents say. A noun that is
in none of them is no everyday word for any of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import rjieba

from actions.answering.concepts import is_paper
from actions.answering.guard import refusal
from actions.answering.near_miss import refuse
from actions.answering.state import Reading, State
from actions.answering.thresholds import Thresholds
from embeddings.query import Concept
from knowledge.normalise import normalise

_CLAUSE = re.compile(r"[，,。；;？?！!]")
_ASKING = re.compile(
    r"几|多少|多[长大高远宽久]|什么时候|何时|哪|怎么去|[人总件]数|补[贴助]|(?:吗|伐|么|没有|没|了没|不)$|有没有|是不是|有无"
)
_NAME_TAGS = ("n", "vn")  # things and their names; what somebody does or is like may be put in any words
_COUNTED = re.compile(r"[几半多数一二两三四五六七八九十百千\d]")
_LINE_EN = re.compile(r"(?:metro|subway) line (\d{1,2})\b")
LINE = "号线"  # 4号线 is not 9号线
_QUOTED = re.compile(r"[“「『\"](\w{3,12})[”」』\"]")
_MEANING = re.compile(
    r"(?:什么叫|啥叫|何谓)(?P<after>[一-鿿\d]{3,8})|(?P<before>(?:(?![那这的个])[一-鿿\d]){3,8})(?:什么意思|啥意思|何意)"
)
TERM = 4  # characters of a term that cannot be half of another one
_SUFFIX = re.compile(r"[室馆站车路桥楼园店厅场所亭机]")
_TOLD_BETTER = {"personal", "office"}  # the gate has a reason of its own for them
PAIRS = 0.34  # share of a quoted name's character pairs from which it may be a name half remembered


class Unheard:
    """Refuses what nothing names, and says what is missing.

    :param corpus: the documents' text, normalised
    :param asks: how residents ask
    """

    def __init__(self, corpus: str, asks: Iterable[str], thresholds: Thresholds | None = None) -> None:
        self._heard = "\n".join([corpus, *map(normalise, asks)])
        self._t = thresholds or Thresholds()

    def __call__(self, state: State) -> None:
        reading = state.reading
        if state.draft is not None or state.quick or reading is None:
            return
        if reading.english:
            self._english(state, reading)
            return
        if reading.asks & _TOLD_BETTER:
            return
        thing = self._quoted(state.question.text) or self._term(reading) or self.thing(reading)
        if reading.other_place and reading.other_place in thing:
            state.draft = refusal("refused_other_district", asked=reading.other_place)
        elif thing:
            near = [e for e in state.evidence if not e.rejected and e.coverage >= self._t.proof]
            refuse(state, "refused_not_in_sources", f"「{thing}」", near[:1], self._t.known)

    def _english(self, state: State, reading: Reading) -> None:
        """Of English words only what has a number of its own can be looked up as it is: line 9."""
        lines = [n for n in _LINE_EN.findall(reading.asked) if not self._has_line(n)]
        if lines:
            refuse(state, "refused_not_in_sources", f"{lines[0]}{LINE}", [], self._t.known)

    def _has_line(self, number: str) -> bool:
        return f"{number}{LINE}" in self._heard or f"{number}号、" in self._heard

    def thing(self, reading: Reading) -> str:
        """What is asked about and named nowhere; '' if there is none."""
        for clause in filter(_ASKING.search, _CLAUSE.split(reading.asked)):
            here = [c for c in reading.concepts if c.surface in clause]
            begins = {clause.index(c.surface) for c in here if not c.weak}
            nouns = [c for c in here if self._unheard(c, clause.index(c.surface) + len(c.surface) in begins)]
            if nouns:
                return _whole(clause, nouns)
        return ""

    def _unheard(self, concept: Concept, of_a_noun: bool) -> bool:
        """:param of_a_noun: a noun follows at once: 跳伞|基地"""
        word = concept.surface
        if is_paper(concept):
            return word not in self._heard
        if concept.known or any(name in self._heard for name in concept.words):
            return False
        if word.endswith(LINE):
            return True
        if len(word) < 2 or _COUNTED.match(word):
            return False
        # a word of the dictionary: what was only guessed to be one is often a piece of two
        tags = _NAME_TAGS + ("v",) * of_a_noun
        return len(rjieba.cut(word, False)) == 1 and rjieba.tag(word)[0][1].startswith(tags)

    def _term(self, reading: Reading) -> str:
        """What is to be explained: 共富工坊是啥意思. A term that has a name here has a card or stands in a document."""
        asked = _MEANING.search(reading.asked)
        term = (asked["after"] or asked["before"]).removesuffix("是") if asked else ""
        known = any(
            c.known and c.surface in term and 2 * len(c.surface) > len(term) for c in reading.concepts
        )
        return "" if known or len(term) < TERM or term in self._heard else term

    def _quoted(self, text: str) -> str:
        """A name in quotation marks; ``text`` as it was typed, since normalising takes them away."""
        for match in _QUOTED.finditer(text):
            name = normalise(match[1])
            pairs = [name[i : i + 2] for i in range(len(name) - 1)]
            if sum(pair in self._heard for pair in pairs) < PAIRS * len(pairs):
                return match[1]
        return ""


def _whole(clause: str, nouns: list[Concept]) -> str:
    """The noun with what belongs to it: 荷花|灯节, 母婴|室."""
    start = min(clause.index(c.surface) for c in nouns)
    end = start
    for concept in sorted(nouns, key=lambda c: clause.index(c.surface)):
        at = clause.index(concept.surface)
        if at > end and end > start:
            break
        end = at + len(concept.surface)
    return clause[start : end + bool(_SUFFIX.match(clause, end))]
