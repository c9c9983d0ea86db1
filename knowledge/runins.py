"""Run-in headings: a short first sentence that says what the rest of the paragraph is about."""

from __future__ import annotations

import re

from knowledge.sentences import sentence_ends
from knowledge.traced import Traced

_BOLD = re.compile(r"\*\*")
_NUMBERED = re.compile(r"（[一二三四五六七八九十]+）[^，。]{2,20}。")
_DASHED = re.compile(r"——[^。]{2,30}。")
_VIEW = re.compile(r"从[^，。]{2,10}看，[^，。]{2,30}。")
_SHORT = re.compile(r"[^，。；：！？,;:]{4,24}。")

Run = tuple[tuple[str, ...], Traced]  # run-in headings (outermost first) and the text they stand in


def runs(paragraph: Traced) -> tuple[Run, ...]:
    """``paragraph`` cut before each of its run-in headings; joined the runs give it again.

    A sentence is a run-in heading only if another sentence follows it.
    """
    text = paragraph.without(_BOLD)
    ends = sentence_ends(text.text)
    starts = (0, *ends[:-1])
    found: list[tuple[int, tuple[str, ...]]] = []
    outer: tuple[str, ...] = ()
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        sentence = text.text[start:end]
        if at + 1 == len(ends) or not _is_runin(sentence, first=at == 0):
            continue
        title = sentence.removeprefix("——").rstrip("。")
        if _VIEW.fullmatch(sentence):
            outer = (title,)
            found.append((start, outer))
        else:
            found.append((start, (*outer, title)))
    if not found or found[0][0] > 0:
        found.insert(0, (0, ()))
    stops = [start for start, _ in found[1:]] + [len(text)]
    return tuple((titles, text.cut(start, stop)) for (start, titles), stop in zip(found, stops, strict=True))


def _is_runin(sentence: str, first: bool) -> bool:
    if first and any(shape.fullmatch(sentence) for shape in (_NUMBERED, _DASHED, _VIEW)):
        return True
    return _SHORT.fullmatch(sentence) is not None
