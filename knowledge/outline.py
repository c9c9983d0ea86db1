"""What a document is made of, before it is cut into passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.traced import Traced

Path = tuple[str, ...]  # headings above an element, outermost first


@dataclass(frozen=True)
class Mark:
    """Text that is no passage: a heading, a table's title or header, a caption, who issued it."""

    kind: Literal["heading", "table", "caption", "imprint"]
    text: Traced


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    path: Path
    text: Traced


@dataclass(frozen=True)
class BoxItem:
    """One ``name：text`` line of a box; ``name`` is empty for an introduction without one."""

    path: Path
    name: str
    text: Traced  # the whole line, name included


@dataclass(frozen=True)
class BoxElement:
    """One 专栏."""

    number: int
    title: str
    items: tuple[BoxItem, ...]


@dataclass(frozen=True)
class RowElement:
    """One table row: every cell with the header words above it."""

    path: Path
    number: str
    groups: Path  # group and sub-group, carried down from the row that prints them
    name: str
    values: tuple[Traced, ...]
    cells: tuple[Traced, ...]  # all cells that are printed in this row, for the span


@dataclass(frozen=True)
class TableElement:
    """An indicator table; ``columns`` are header paths of the value columns."""

    title: str
    path: Path
    columns: tuple[Path, ...]
    rows: tuple[RowElement, ...]
    notes: tuple[str, ...]
    footnotes: Traced  # the line the notes stand in; empty when there is none


@dataclass(frozen=True)
class TermElement:
    """One glossary entry."""

    path: Path
    name: str
    page: str
    definition: str
    text: Traced


Element = Mark | Paragraph | BoxElement | TableElement | TermElement
