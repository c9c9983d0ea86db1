"""The records that leave this folder. All are frozen; identifiers are content hashes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

PassageKind = Literal["prose", "box", "table_row", "term"]
DatePrecision = Literal["day", "month", "year"]


NOTE = "注："  # how the documents begin footnotes


@dataclass(frozen=True)
class Source:
    """One published document, as listed in ``sources.yml``."""

    id: str  # short and stable: "work-report-2020"
    origin: str  # file name as received, e.g. "002_….txt"
    title: str
    publisher: str
    district: str  # "海曙" | "镇海"
    published: dt.date
    period: tuple[int, int]  # first and last year the document speaks of
    kind: str  # "press" | "work_report" | "plan"
    sha256: str
    published_precision: DatePrecision = "day"  # "year": month and day of ``published`` are placeholders


@dataclass(frozen=True)
class Span:
    """Character offsets into the source text as received (decoded UTF-8): ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A piece of a document that can be cited by itself.

    ``text`` is verbatim apart from removed page noise; ``pieces`` are the source spans that, cut
    out of the source text and joined, give ``text`` exactly (for ``table_row`` the row's cells,
    whose wording ``text`` arranges into one line). ``span`` is the outer range.
    """

    source: Source
    kind: PassageKind
    heading: tuple[str, ...]  # chapter, section, run-in heading, outermost first
    text: str
    pieces: tuple[Span, ...]
    label: str = ""  # box title, table row name or glossary term
    id: str = field(init=False)

    def __post_init__(self) -> None:
        key = "\x1f".join([self.source.id, self.kind, *self.heading, self.text])
        object.__setattr__(self, "id", sha256(key.encode()).hexdigest()[:16])

    @property
    def note(self) -> bool:
        """Whether it is the footnotes below a table."""
        return self.text.startswith(NOTE)

    @property
    def span(self) -> Span:
        return Span(self.pieces[0].start, self.pieces[-1].end)


@dataclass(frozen=True)
class Cell:
    """One value of an indicator table with everything needed to read it alone."""

    table: str  # "表1：海曙区“十三五”规划指标完成情况"
    row: tuple[str, ...]  # group path and indicator, e.g. ("共建共享", "户籍人口", "养老保险参保率（%）")
    column: tuple[str, ...]  # e.g. ("规划目标", "2020年")
    value: str  # as printed: "[2200]", ">98", "—", ""
    span: Span


@dataclass(frozen=True)
class TableRow:
    """One row of an indicator table."""

    table: str
    number: str  # printed serial number, "" where the cell is blank
    group: str
    name: str  # indicator with its unit, as printed
    unit: str  # "亿元", "%", "" when none is printed
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]  # the footnotes under the table
    passage: Passage


@dataclass(frozen=True)
class Term:
    """One entry of the 名词解释 appendix."""

    name: str  # as printed, without page mark: "“246”产业"
    aliases: tuple[str, ...]
    definition: str
    page: str  # "P5"
    passage: Passage


@dataclass(frozen=True)
class Box:
    """One 专栏 of the plan with its items in order."""

    number: int
    title: str
    items: tuple[tuple[str, str], ...]  # (item name, item text)
    passages: tuple[Passage, ...]
    intro: str = ""  # what stands before the first item
