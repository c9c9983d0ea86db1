"""Elements → passages: pieces that can be cited by themselves and cut no sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.outline import BoxItem, Paragraph, Path, RowElement, TableElement, TermElement
from knowledge.records import Cell, Passage, Source, Span, TableRow
from knowledge.runins import runs
from knowledge.sentences import sentence_ends
from knowledge.traced import Traced

WHOLE_CHARS = 220  # a paragraph up to this length stays one passage
AIM_CHARS = 170  # middle of the 120–220 characters that longer ones are cut into
_OVERLONG = 2  # how much worse a character beyond WHOLE_CHARS is than one off the middle
STUB_CHARS = 80  # below this a part says too little by itself
_STUB = 3  # how much worse a character below STUB_CHARS is


def prose(source: Source, paragraph: Paragraph) -> Iterator[Passage]:
    """Passages of one paragraph: one per run-in heading, long ones cut at sentence ends."""
    for titles, text in runs(paragraph.text):
        for part in _cut(text):
            yield _prose(source, (*paragraph.path, *titles), part)


def footnotes(source: Source, table: TableElement, text: Traced) -> Passage:
    """The passage of all footnotes under a table."""
    return _prose(source, (*table.path, table.title), text)


def box_item(source: Source, item: BoxItem, label: str) -> Passage:
    """The passage of one item of a box."""
    pieces = item.text.pieces()
    return Passage(source, "box", item.path, item.text.text, pieces, label)


def term(source: Source, element: TermElement) -> Passage:
    """The passage of one glossary entry."""
    return Passage(source, "term", element.path, element.text.text, element.text.pieces(), element.name)


def table_row(source: Source, table: TableElement, row: RowElement) -> TableRow:
    """The row with its cells, and the passage that reads it out as one line."""
    name = "".join((*row.groups[1:], row.name))
    cells = tuple(
        Cell(table.title, (*row.groups, row.name), column, _flat(value), _span(value, row))
        for column, value in zip(table.columns, row.values, strict=True)
    )
    pieces = tuple(piece for cell in row.cells for piece in cell.pieces())
    passage = Passage(source, "table_row", row.path, f"{name}：{_read_out(cells)}", pieces, name)
    unit = _unit(row.name)
    return TableRow(table.title, row.number, row.groups[0], name, unit, cells, table.notes, passage)


def _prose(source: Source, heading: Path, text: Traced) -> Passage:
    return Passage(source, "prose", heading, text.text, text.pieces())


def _cut(text: Traced) -> Iterator[Traced]:
    if len(text) <= WHOLE_CHARS:
        yield text
        return
    ends = sentence_ends(text.text)
    start = 0
    for end in _best_cuts(ends):
        yield text.cut(start, end)
        start = end


def _best_cuts(ends: Sequence[int]) -> list[int]:
    """The sentence ends to cut at so that the parts come closest to AIM_CHARS."""
    best: list[tuple[int, list[int]]] = [(0, [])]
    for at, end in enumerate(ends):
        options = []
        for before in range(at + 1):
            length = end - (ends[before - 1] if before else 0)
            cost, cuts = best[before]
            options.append((cost + _cost(length), [*cuts, end]))
        best.append(min(options))
    return best[-1][1]


def _cost(length: int) -> int:
    over = _OVERLONG * max(0, length - WHOLE_CHARS)
    short = _STUB * max(0, STUB_CHARS - length)
    return (length - AIM_CHARS) ** 2 + over**2 + short**2


def _flat(cell: Traced) -> str:
    return "".join(cell.text.split())


def _span(value: Traced, row: RowElement) -> Span:
    if value:
        return Span(value.offsets[0], value.offsets[-1] + 1)
    return Span(row.cells[-1].offsets[-1] + 1, row.cells[-1].offsets[-1] + 1)


def _unit(name: str) -> str:
    _, mark, unit = name.rstrip("*").rpartition("（")
    return unit.removesuffix("）") if mark and unit.endswith("）") else ""


def _read_out(cells: Sequence[Cell]) -> str:
    """«规划目标 2020年 1400、…；完成情况 2020年 1201、…»: values under one upper header stay together."""
    parts: list[str] = []
    upper = ""
    for cell in cells:
        if not cell.value:
            continue
        head = cell.column[0] if len(cell.column) > 1 else ""
        if parts:
            parts.append("、" if head == upper else "；")
        parts.append(" ".join((*cell.column, cell.value)))
        upper = head
    return "".join(parts)
