"""Run-in headings: a short first sentence that says what the rest of the paragraph is about."""

from __future__ import annotations

import re

from knowledge.sentences import sentence_ends
from knowledge.traced import Traced

_BOLD = re.compile(r"\*\*")
_NUMBERED = re.compile(r"（[一二三四五六七八九十]+）[^，。]{2,20}。")
_DASHED = re.compile(r"——[^。]{2,30}。")
_VIEW = re.compile(r"从[^，。]{2,10}看，[^，。]{2,30}。")
_SHORT = re.compile(r"[^，。；：！？,;:]{4,28}。")
_STATEMENT = re.compile(r"\d|.*是")  # says something instead of naming a subject
_SERIES = 2  # inside a paragraph run-in headings come in series; a single short sentence is just that

Run = tuple[tuple[str, ...], Traced]  # run-in headings (outermost first) and the text they stand in


def runs(paragraph: Traced) -> tuple[Run, ...]:
    """``paragraph`` cut before each of its run-in headings; joined the runs give it again.

    A sentence is a run-in heading only if another sentence follows it.
    """
    text = paragraph.without(_BOLD)
    starts = (0, *sentence_ends(text.text))
    sentences = [text.text[start:end] for start, end in zip(starts, starts[1:], strict=False)]
    outer = _first(sentences)
    inner = [at for at in range(1, len(sentences) - 1) if _SHORT.fullmatch(sentences[at])]
    if len(inner) < _SERIES:
        return ((outer, text),)
    titles: list[tuple[str, ...]] = [outer, *((_title(sentences[at]),) for at in inner)]
    cuts = [0, *(starts[at] for at in inner)]
    if _VIEW.fullmatch(sentences[0]):  # it is about all that follow, and too little to stand alone
        titles = [(*outer, *title) for title in titles[1:]]
        cuts = [0, *cuts[2:]]
    stops = [*cuts[1:], len(text)]
    return tuple((path, text.cut(*cut)) for path, *cut in zip(titles, cuts, stops, strict=True))


def _first(sentences: list[str]) -> tuple[str, ...]:
    shapes = (_NUMBERED, _DASHED, _VIEW, _SHORT)
    if len(sentences) < 2 or not any(shape.fullmatch(sentences[0]) for shape in shapes):
        return ()
    return () if _STATEMENT.match(sentences[0]) else (_title(sentences[0]),)


def _title(sentence: str) -> str:
    return sentence.removeprefix("——").rstrip("。")
