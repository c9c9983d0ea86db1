"""Received text → lines: marks of the word processor removed, captions lifted out, cut sentences joined."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.traced import Traced

Mark = Literal["", "cell", "space"]

_BOOKMARK = re.compile(r"\[bookmark:[^\]\n]*\]")
_RULE = re.compile(r"-{3,}")
_CLAUSE = re.compile(r"[，。；：！？,;]")
_FINISHED = re.compile(r"[。！？；：…!?;:][”’）)》】]*$")
_BOLD = re.compile(r"\*\*")
_CREDIT = re.compile(r"^[(（](?:.*(?:图片|摄影|供图).*)[)）]$|[(（]\S{2,4} ?摄[)）]$")
_SALUTATION = re.compile(r"各位\S{1,4}：")
_OPENER = re.compile(
    r"#|\*\*|——|注：|关键词【|专栏\d|表\d|第[一二三四五六七八九十]+[章节]|（[一二三四五六七八九十]+）|[一二三四五六七八九十]+、"
)
IMAGE_GAP = 3  # blank lines a lifted-out picture leaves behind
CAPTION_CHARS = 12  # the longest caption seen has 11; the shortest subtitle after a picture has 19


@dataclass(frozen=True)
class Line:
    """One paragraph, heading or table cell.

    ``mark`` tells how the received line began: ``cell`` with a tab (the word processor's cell mark),
    ``space`` with a blank (left where a heading was lost). ``gap`` counts blank lines before it.
    """

    text: Traced
    mark: Mark
    gap: int
    start: int  # source offset where the received line begins


def clean_lines(text: str) -> tuple[tuple[Line, ...], tuple[Traced, ...]]:
    """The document's lines in order, and the photo captions that were lifted out of them."""
    lines: list[Line] = []
    captions: list[Traced] = []
    for line in _received_lines(text):
        if _is_caption(line, first=not lines):
            captions.append(line.text)
        elif lines and _continues(lines[-1], line):
            lines[-1] = replace(lines[-1], text=lines[-1].text + line.text)
        else:
            lines.append(line)
    return tuple(lines), tuple(captions)


def _received_lines(text: str) -> list[Line]:
    lines: list[Line] = []
    start = gap = 0
    hard_break = False
    for raw in text.splitlines(keepends=True):
        content = Traced.of(raw, start).without(_BOOKMARK)
        begin, start = start, start + len(raw)
        kept = content.strip()
        mark = _mark(content.text)
        if (not kept.text and mark != "cell") or _RULE.fullmatch(kept.text):
            gap += 1
            continue
        if hard_break and gap == 0:
            lines[-1] = replace(lines[-1], text=lines[-1].text + kept)
        else:
            lines.append(Line(kept, mark, gap, begin))
        # Two blanks before the line end are Markdown's line break within one paragraph.
        hard_break, gap = raw.rstrip("\r\n").endswith("  "), 0
    return lines


def _mark(raw: str) -> Mark:
    indent = raw[: len(raw) - len(raw.lstrip())]
    if "\t" in indent:
        return "cell"
    return "space" if indent.strip("\r\n") else ""


def _is_caption(line: Line, first: bool) -> bool:
    text = line.text.text
    if _CREDIT.search(text):
        return True
    plain = not _CLAUSE.search(text) and not _OPENER.match(text) and " " not in text
    after_picture = line.gap >= IMAGE_GAP and line.mark == "" and not first
    return plain and after_picture and len(text) <= CAPTION_CHARS


def _continues(before: Line, line: Line) -> bool:
    """Whether ``line`` goes on with the sentence that a page break or a picture cut off ``before``."""
    if line.mark == "cell" or _OPENER.match(line.text.text):
        return False
    head = _BOLD.sub("", before.text.text)
    if _SALUTATION.fullmatch(head):
        return True
    if _OPENER.match(head) and not _FINISHED.search(head) and "。" not in head and not head.startswith("——"):
        return False  # a heading: it may hold a comma and never ends in a full stop
    return bool(_CLAUSE.search(head)) and not _FINISHED.search(head)
