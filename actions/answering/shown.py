"""The part of a passage that is shown: whole sentences, or the clauses of a long one that were asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from actions.answering.state import Reading
from embeddings.retriever import Evidence
from knowledge.records import NOTE, Passage

MAX_CLAIM, MAX_TEXT = 110, 240
MAX_FURTHER = 64  # characters of each claim after the first
MAX_LIST = 260  # an enumeration that was asked for is not cut short


def shown(evidence: Evidence, reading: Reading | None = None, limit: int = MAX_CLAIM) -> str:
    """The part of the passage to show: the sentence, or its clauses around the statement when it is long."""
    statement = evidence.statement
    passage = statement.passage
    if passage.kind in ("table_row", "term"):
        return passage.text
    start, end = statement.sentence
    whole = (
        limit == MAX_CLAIM and reading and "list" in reading.asks and passage.text[start:end].count("、") >= 3
    )
    if end - start > (MAX_LIST if whole else limit):
        asked = f"{reading.text}{''.join(w for c in reading.strong for w in c.words)}" if reading else ""
        start, end = _around(passage.text, (start, end), (statement.start, statement.end), limit, asked)
    if (
        passage.kind == "box"
        and len(passage.text) <= MAX_TEXT
        and reading
        and reading.asks & {"list", "define"}
    ):
        start, end = 0, len(passage.text)
    text = re.sub(r"\s*\n\s*", "", passage.text[start:end]).strip(" ，,；;、")
    name = item(passage)
    prefix = f"【{name}】" if name and not text.startswith(name) else ""
    return f"{prefix}{text}"


def item(passage: Passage) -> str:
    """The name of the item of a box that the passage is; "" for anything else."""
    return passage.text.split("：")[0] if passage.kind == "box" and "：" in passage.text[:24] else ""


@lru_cache(maxsize=256)  # what an answer shows is asked for again while it is chosen, measured and told
def _around(
    text: str, sentence: tuple[int, int], core: tuple[int, int], limit: int, asked: str
) -> tuple[int, int]:
    """Widens ``core`` clause by clause inside ``sentence`` up to ``limit`` characters, towards what is asked."""
    start, end = core
    if text[:start].endswith("、"):  # a list is shown from its beginning
        first = max(sentence[0], *(text.rfind(mark, 0, start) + 1 for mark in "，；：。"))
        start = first if end - first <= MAX_LIST else start
    marks = [
        sentence[0],
        *(m.end() for m in re.finditer(r"[，,；;：:]", text[: sentence[1]]) if m.end() > sentence[0]),
        sentence[1],
    ]
    while True:
        after = next((m for m in marks if m > end), None)
        before = next((m for m in reversed(marks) if m < start), None)
        later = after is not None and _in_common(text[end : sentence[1]], asked) > _in_common(
            text[sentence[0] : start], asked
        )
        if after is not None and later and after - start <= limit:
            end = after
        elif before is not None and end - before <= limit * 0.75:
            start = before
        elif after is not None and after - start <= limit:
            end = after
        else:
            return start, end


def told(chosen: Evidence, found: Sequence[Evidence], reading: Reading, limit: int) -> str:
    """The part to show, and what else of a long sentence was found and is still more like the question."""
    one, told = chosen.statement, shown(chosen, reading, limit)
    if one.passage.note:
        return noted(told)
    for e in found:
        other = e.statement
        same = other.passage.id == one.passage.id and other.sentence == one.sentence
        alike = (other.years, other.status) == (one.years, one.status)
        text = re.sub(r"\s*\n\s*", "", other.text).strip(" ，,；;、")
        if (
            same
            and alike
            and e.similarity > chosen.similarity
            and text not in told
            and len(text) <= MAX_FURTHER
        ):
            return f"{told}……{text}" if other.start > one.start else f"{text}……{told}"
    return told


def noted(text: str) -> str:
    """A footnote without its number.

    >>> noted("4、口径有调整。")
    '注：口径有调整。'
    """
    return NOTE + re.sub(r"^(?:注：)?\d*、?", "", text).strip()


def _in_common(text: str, asked: str) -> int:
    """How many different character pairs of a text stand in the question."""
    return len(
        {text[i : i + 2] for i in range(len(text) - 1)} & {asked[i : i + 2] for i in range(len(asked) - 1)}
    )
