"""Names asked for, and whether a sentence tells them."""

from __future__ import annotations

import re

from actions.answering.state import Reading
from actions.answering.thresholds import Outcome, Thresholds
from embeddings.query import Evidence

_LISTING = re.compile(
    r"(?<!什么)(?<!啥)(?<!哪个)(?<!哪些)名单|都叫什么|都有谁|(?:[\d两一-十]+|几)[个家所条座]分别叫|哪几[个家所条座项]|哪[三四五六七八九十0-9]+[个家所条座项件]|list of names"
)
# 是哪四知, “356”是哪三样: the name of a number of things, which a sentence may use without telling them
_NUMBERED_TERM = re.compile(
    r"哪([两三四五六七八九十][一-鿿])(?<![个家所条座项大件样种类块处])(?=$|[?？,，。呢啊呀])"
)
_MANY = re.compile(r"(?<!\d)([4-9]|[1-9]\d{1,3})(?=[个家所条座项件处])")
LEAST_OF_MANY = 4  # names that a list of ten or a hundred things must hold to be their list
# a list of two short names, or of any two that ends in 等
_PAIR = re.compile(
    r"(?:^|[，。；：])(?:[一-鿿·]{2,6}、[一-鿿·]{2,6}|[^，。；：、]{2,30}、[^，。；：、]{2,30}等)"
)

_OPENS = re.compile(
    r"”?[一-鿿]{0,6}[：:（(—]|”?(?:是指|即|就是|包括|为)"
)  # what stands behind a term that is told


def asks_names(asked: str) -> bool:
    """Whether names are asked for, not only how many there are."""
    return _LISTING.search(asked) is not None


def listing(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """Names asked for: a sentence that only counts them is no list."""
    if not _LISTING.search(reading.asked) and not _NUMBERED_TERM.search(reading.asked):
        return usable, ""
    term = _NUMBERED_TERM.search(reading.asked)
    holds = (lambda e: _beside(term.group(1), e)) if term else enumerates
    many = _MANY.search(reading.asked)
    listed = [e for e in usable[:4] if holds(e) and (_close(e, usable[0]) or (many and _told(many[1], e)))]
    if many:  # «新评上的14个…名单»: the names of those, not of others
        least = min(int(many[1]), LEAST_OF_MANY)
        listed = [e for e in listed if many[1] in e.statement.passage.text and _names_in(e) >= least]
    return listed or usable, "" if listed else "具体名单"


def _close(evidence: Evidence, best: Evidence) -> bool:
    return evidence.score >= best.score - 2.0


def _told(many: str, evidence: Evidence) -> bool:
    """Whether the statement begins with so many things: «4个特色旅游环（横街…、章水…、龙观…、鄞江…）»."""
    return re.match(rf"{many}[个家所条座项件处][^，。；]*[（：]", evidence.statement.text) is not None


def _names_in(evidence: Evidence) -> int:
    """How many things the sentence, or the term's definition, sets side by side."""
    whole = evidence.statement.passage.kind == "term"
    return 1 + (evidence.statement.passage.text if whole else evidence.statement.sentence_text).count("、")


def enumerates(evidence: Evidence) -> bool:
    """Whether the sentence lists things rather than only counting them."""
    text = evidence.statement.text
    named = text.count("、") >= 2 or re.search("”[^“、]{0,3}、“", text) or _PAIR.search(text)
    return bool(named) or evidence.statement.passage.kind == "term"


def _beside(term: str, evidence: Evidence) -> bool:
    """Whether an enumeration stands right beside the term, or the passage explains it."""
    text = evidence.statement.passage.text
    at = text.find(term)
    before = re.split("[，。；]", text[:at])[-1]
    after = re.split("[，。；]", text[at + len(term) :])[0]
    told = "、" in before or (_OPENS.match(after) is not None and "、" in after)
    return evidence.statement.passage.kind == "term" or (at >= 0 and told)
