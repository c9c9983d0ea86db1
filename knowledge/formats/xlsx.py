"""Excel files: every sheet a heading and a table, values as they were last calculated."""

from __future__ import annotations

import io
import warnings
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from knowledge.formats.lines import Lines
from knowledge.formats.package import Package
from knowledge.formats.refusal import FileRefused, limits

_WORKBOOK = "xl/workbook.xml"


def read(data: bytes) -> Lines:
    """The sheets in order. Raises FileRefused."""
    package = Package(data, _WORKBOOK)
    for name in package.names:
        if name.endswith(".xml"):
            package.part(name)  # refuses what declares entities, before another parser sees it
    lines = Lines()
    try:
        with warnings.catch_warnings(action="ignore"):  # what openpyxl leaves out is styling
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError, OSError, AttributeError) as error:
        raise FileRefused("broken", type(error).__name__) from None
    left = int(limits()["cells"])
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            lines.note("hidden", f"隐藏的工作表 {sheet.title}")
            continue
        rows, left = _rows(sheet, left)
        if rows:
            title, rows = _title(sheet.title, rows)
            lines.heading(title)
            lines.table(rows)
    return lines


def _rows(sheet: Any, left: int) -> tuple[list[list[str]], int]:
    sheet.reset_dimensions()  # what the file says of its own size is not to be believed
    rows: list[list[str]] = []
    for row in sheet.iter_rows(values_only=True):
        left -= max(1, len(row))
        if left < 0:
            raise FileRefused("too_long", "单元格太多", limits()["cells"])
        shown = [_shown(value) for value in row]
        if any(shown):
            rows.append(shown)
    return rows, left


def _title(name: str, rows: list[list[str]]) -> tuple[str, list[list[str]]]:
    """A first row with a single cell is the table's title."""
    alone = [cell for cell in rows[0] if cell]
    return (alone[0], rows[1:]) if len(alone) == 1 and len(rows) > 1 else (name, rows)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)
