"""Indicator tables whose cells stand one per line, row after row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.cleaning import Line
from knowledge.errors import StructureError
from knowledge.outline import Mark, Path, RowElement, TableElement
from knowledge.records import NOTE
from knowledge.traced import Traced

_SPACE = re.compile(r"\s+")
_NOTE = re.compile(r"(?<=[。；])(?=\d、)")
_SERIALS = ("编号", "序号")

Row = tuple[Traced, ...]


def table_end(lines: Sequence[Line], start: int) -> int:
    """Index behind the last line of the table whose first cell is ``lines[start]``, notes included."""
    at = start
    while at < len(lines):
        line = lines[at]
        if line.text.text.startswith(NOTE):
            return at + 1
        if line.mark != "cell" and line.gap:
            break
        at += 1
    return at


def read_table(title: str, path: Path, lines: Sequence[Line]) -> tuple[TableElement, tuple[Mark, ...]]:
    """The table printed in ``lines``, and what of it no row claims (the header cells).

    Raises StructureError when a row has not as many value cells as the header promises.
    """
    footnotes = Traced("", ())
    if lines[-1].text.text.startswith(NOTE):
        footnotes, lines = lines[-1].text, lines[:-1]
    rows = _rows(lines)
    head = 0
    while head < len(rows) and not any(_flat(cell).isdigit() for cell in rows[head]):
        head += 1
    columns = _columns(title, rows[:head])
    marks = tuple(Mark("table", cell) for row in rows[:head] for cell in row if cell)
    body = _body(title, (*path, title), rows[head:], len(columns), _serial_first(rows[0]))
    return TableElement(title, path, columns, body, _notes(footnotes.text), footnotes), marks


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Cells grouped into rows: a blank line ends a row, unless the row is not full yet."""
    groups: list[list[Traced]] = []
    for line in lines:
        if line.mark != "cell":  # the cell's next line
            groups[-1][-1] = _join(groups[-1][-1], line.text)
        elif line.gap or not groups:
            groups.append([line.text])
        else:
            groups[-1].append(line.text)
    width = max(len(group) for group in groups[:2])
    rows: list[Row] = []
    for group in groups:
        # A cell that ends in an empty line looks like the end of its row.
        if rows and len(rows[-1]) < width and len(rows[-1]) + len(group) <= width:
            rows[-1] = (*rows[-1], *group)
        else:
            rows.append(tuple(group))
    return rows


def _join(upper: Traced, lower: Traced) -> Traced:
    return upper + lower if upper else lower


def _flat(cell: Traced) -> str:
    return _SPACE.sub("", cell.text)


def _serial_first(head: Row) -> bool:
    return _flat(head[0]) in _SERIALS


def _columns(title: str, head: Sequence[Row]) -> tuple[Path, ...]:
    """Header paths of the value columns: those right of the indicator's name."""
    if not head or len(head) > 2:
        raise StructureError(f"table {title!r} has {len(head)} header rows: one or two are understood")
    names = [_flat(cell) for cell in head[0]]
    try:
        first = next(at for at, name in enumerate(names) if name.endswith(("指标名称", "二级指标"))) + 1
    except StopIteration as error:
        raise StructureError(
            f"table {title!r} has no column 指标名称 or 二级指标 among {names}: check its header lines"
        ) from error
    if len(head) == 1:
        return tuple((name,) for name in names[first:])
    lower = [_flat(cell) for cell in head[1][first:]]
    upper = names[first:]
    share, rest = divmod(len(lower), len(upper))
    if rest:
        raise StructureError(f"table {title!r}: {len(lower)} columns cannot be shared among {upper}")
    return tuple((upper[at // share], name) for at, name in enumerate(lower))


def _body(
    title: str, path: Path, rows: Sequence[Row], values: int, serial_first: bool
) -> tuple[RowElement, ...]:
    body: list[RowElement] = []
    group = subgroup = ""
    for row in rows:
        lead = [_flat(cell) for cell in row[:-values]]
        if len(lead) not in (3, 4) or not lead[-1]:
            raise StructureError(
                f"table {title!r}, row {lead}: {len(row)} cells where {values + 3} belong: check its lines"
            )
        number, head = (lead[0], lead[1]) if serial_first else (lead[1], lead[0])
        group = head or group
        subgroup = (lead[2] or subgroup) if len(lead) == 4 else ""
        groups = (group, subgroup) if subgroup else (group,)
        body.append(
            RowElement(
                path=(*path, *groups),
                number=number,
                groups=groups,
                name=lead[-1],
                values=row[-values:],
                cells=tuple(cell for cell in row if cell),
            )
        )
    return tuple(body)


def _notes(line: str) -> tuple[str, ...]:
    return tuple(_NOTE.split(line.removeprefix(NOTE))) if line else ()
