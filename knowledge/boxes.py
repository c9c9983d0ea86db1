"""The plan's boxes: a title 专栏N and items «name：text», now and then in groups."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.cleaning import Line
from knowledge.errors import StructureError
from knowledge.outline import BoxElement, BoxItem, Mark, Path

TITLE = re.compile(r"专栏(\d+)：(.+)")
_GROUP = re.compile(r"[一二三四五六七八九十]+、[^：。]+")
_ITEM = re.compile(r"([^：。，；]{1,24})：.")


def box_end(lines: Sequence[Line], start: int) -> int:
    """Index behind the last line of the box whose title is ``lines[start]``."""
    at = start + 1
    if at < len(lines) and lines[at].mark == "cell":  # the box's body is one cell of several lines
        at += 1
        while at < len(lines) and lines[at].mark == "" and lines[at].gap == 0:
            at += 1
    return at


def read_box(path: Path, lines: Sequence[Line]) -> tuple[BoxElement, tuple[Mark, ...]]:
    """The box printed in ``lines``, and its title and group lines.

    Raises StructureError when a line is neither a group nor «name：text» (an introduction may come first).
    """
    title = lines[0].text
    match = TITLE.fullmatch(title.text)
    if match is None or len(lines) < 2:
        raise StructureError(f"box {title.text!r} has no number or no items: check its lines")
    marks = [Mark("heading", title)]
    inside: Path = (*path, title.text)
    items: list[BoxItem] = []
    for at, line in enumerate(lines[1:]):
        text = line.text
        if _GROUP.fullmatch(text.text):
            marks.append(Mark("heading", text))
            inside = (*path, title.text, text.text)
            continue
        item = _ITEM.match(text.text)
        if item is None and at > 0:
            raise StructureError(f"box {title.text!r}: {text.text[:40]!r} is no «name：text» item")
        items.append(BoxItem(inside, item.group(1) if item else "", text))
    return BoxElement(int(match.group(1)), match.group(2), tuple(items)), tuple(marks)
