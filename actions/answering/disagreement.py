"""Two documents that give different figures for the same thing and year: neither is hidden."""

from __future__ import annotations

import re

from actions.answering.state import Reading
from actions.answering.verify import measured
from embeddings.retriever import Evidence
from knowledge.normalise import normalise

_ADDED = re.compile(r"新增|新建|新开|增加|加装|新设")  # what came in one year is no total


def disagreeing(best: Evidence, evidence: list[Evidence], reading: Reading) -> Evidence | None:
    """The first sentence of another document that counts what ``best`` counts, in the same year, and differs."""
    if "numeric" not in reading.asks or not reading.strong or not _names_all(best, reading):
        return None
    return next((e for e in evidence if _contradicts(best, e) and _names_all(e, reading)), None)


def _contradicts(a: Evidence, b: Evidence) -> bool:
    one, other = a.statement, b.statement
    if b.rejected or one.passage.source.id == other.passage.source.id:
        return False
    if one.status != other.status or not set(one.years) & set(other.years):
        return False
    texts = normalise(one.text), normalise(other.text)
    if bool(_ADDED.search(texts[0])) != bool(_ADDED.search(texts[1])):
        return False
    ours, theirs = (set(measured(text)) for text in texts)
    shared = {unit for _, unit in ours} & {unit for _, unit in theirs}
    return bool(shared) and not ours & theirs


def _names_all(evidence: Evidence, reading: Reading) -> bool:
    text = normalise(evidence.statement.text)
    return all(any(word in text for word in concept.words) for concept in reading.strong)
