"""Document → its elements in order, each under its headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge import boxes, glossary, tables
from knowledge.cleaning import Line
from knowledge.documents import Document
from knowledge.errors import StructureError
from knowledge.outline import Element, Mark, Paragraph
from knowledge.traced import Traced

_HASHES = re.compile(r"#+ ")
_CHAPTER = re.compile(r"第([一二三四五六七八九十]+)章 ")
_SECTION = re.compile(r"第([一二三四五六七八九十]+)节 ")
_TABLE = re.compile(r"表\d+：")
_MAJOR = re.compile(r"[一二三四五六七八九十]+、|附件$|名词解释$")
_MINOR = re.compile(r"（[一二三四五六七八九十]+）")
_BYLINE = re.compile(r"\S*(?:书记|区长|主席|主任) \S{2,4}")
_STOP = re.compile(r"[，。；！？,;]")
_DOCUMENT = -1  # level of the document's own title, which opens nothing
_NUMERALS = ["", *"一二三四五六七八九", "十", *(f"十{n}" for n in "一二三四五六七八九")]


def read_structure(document: Document) -> tuple[Element, ...]:
    """Everything in ``document`` in reading order; raises StructureError for a broken table or box."""
    reader = _Reader(document)
    at = 0
    while at < len(document.lines):
        at = reader.read(at)
    marks = [Mark("caption", caption) for caption in document.captions]
    return (*reader.elements, *marks)


class _Reader:
    """Walks the lines once and keeps the headings that are open."""

    def __init__(self, document: Document) -> None:
        self.lines = document.lines
        self.kind = document.source.kind
        self.elements: list[Element] = []
        self._path: list[str] = []
        self._section = 0  # number of the open 第N节, 0 when none is known
        self._untitled = list(document.table_titles)
        self._in_glossary = False
        self._after_box = False
        self._front = _front_matter(self.lines) if self.kind == "press" else 0

    def read(self, at: int) -> int:
        """Take in the element that begins at line ``at``; returns where the next one begins."""
        line = self.lines[at]
        text = line.text.text
        after_box, self._after_box = self._after_box, False
        if boxes.TITLE.match(text):
            return self._box(at)
        if _TABLE.match(text) or line.mark == "cell":
            return self._table(at)
        if self._heading(at):
            return at + 1
        if self._in_glossary and (term := glossary.read_term(tuple(self._path), line.text)):
            self.elements += term
            return at + 1
        if self._in_glossary and not _STOP.search(text):
            self.elements.append(Mark("imprint", line.text))
            return at + 1
        if line.mark == "space" and not after_box and self._section_lost(at):
            self._open(1, "", section=0)
        self.elements.append(Paragraph(tuple(self._path), line.text))
        return at + 1

    def _box(self, at: int) -> int:
        end = boxes.box_end(self.lines, at)
        box, marks = boxes.read_box(tuple(self._path), self.lines[at:end])
        self.elements += [*marks, box]
        self._after_box = True
        return end

    def _table(self, at: int) -> int:
        if self.lines[at].mark == "cell":
            if not self._untitled:
                raise StructureError(
                    f"a table beginning {self.lines[at].text.text!r} has no title line: "
                    "give it one in sources.yml under table_titles"
                )
            title, first = self._untitled.pop(0), at
        else:
            title, first = self.lines[at].text.text, at + 1
            self.elements.append(Mark("table", self.lines[at].text))
        end = tables.table_end(self.lines, first)
        table, marks = tables.read_table(title, tuple(self._path), self.lines[first:end])
        self.elements += [*marks, table]
        return end

    def _heading(self, at: int) -> bool:
        level, title, section = self._level(at)
        if level is None:
            return False
        if level != _DOCUMENT:
            self._open(level, title.text, section)
            self._in_glossary = title.text == glossary.TITLE
        self.elements.append(Mark("heading", title))
        return True

    def _level(self, at: int) -> tuple[int | None, Traced, int]:
        """Level of the heading in line ``at`` (None: no heading), its title and section number."""
        text = self.lines[at].text
        if match := _HASHES.match(text.text):
            title = text.cut(match.end()).strip()
            if self.kind == "notice":  # as ``formats`` writes it: the first is the title, then two levels
                return (_DOCUMENT if at == 0 else min(match.end(), 3) - 2), title, 0
            if _MAJOR.match(title.text):
                return 0, title, 0
            return (1 if _MINOR.match(title.text) else _DOCUMENT), title, 0
        if _CHAPTER.match(text.text):
            return 0, text, 0
        if match := _SECTION.match(text.text):
            return 1, text, _NUMERALS.index(match.group(1))
        if self.kind == "press" and not _STOP.search(text.text) and not _BYLINE.fullmatch(text.text):
            named = at + 1 >= self._front - self._bylines()
            return (0 if named else _DOCUMENT), text, 0
        return None, text, 0

    def _bylines(self) -> int:
        return sum(bool(_BYLINE.fullmatch(line.text.text)) for line in self.lines[: self._front])

    def _open(self, level: int, title: str, section: int) -> None:
        self._path[level:] = [title] if title else []
        self._section = section

    def _section_lost(self, at: int) -> bool:
        """Whether a section heading stood before line ``at``: the numbers around it leave a gap."""
        for line in self.lines[at + 1 :]:
            if match := _SECTION.match(line.text.text):
                return self._section == 0 or _NUMERALS.index(match.group(1)) != self._section + 1
            if _CHAPTER.match(line.text.text):
                break
        return True


def _front_matter(lines: Sequence[Line]) -> int:
    """How many lines (titles, authors) come before the first sentence."""
    for at, line in enumerate(lines):
        if _STOP.search(line.text.text):
            return at
    return len(lines)
