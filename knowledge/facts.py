"""Table cells → facts: one value with its indicator, unit, year, status, footnotes and place in the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.records import Cell, Span, TableRow
from knowledge.statements import Status

_EMPTY = {"", "—", "-"}
_COUNTED = ("张/", "人/个")
_UNIT_NAME = re.compile(r"（[^（）]*）\*?$")


@dataclass(frozen=True)
class Fact:
    """What one source says of one indicator.

    ``value`` is as printed without the brackets of a five-year total; ``unit`` as printed ("亿元", "%", "").
    ``growth`` marks an average yearly growth (``year`` is then the last year of the period) and ``total`` a
    five-year total.
    """

    indicator: str
    value: str
    unit: str
    year: int
    status: Status
    row: TableRow
    span: Span
    growth: bool = False
    total: bool = False
    notes: tuple[str, ...] = ()

    @property
    def amount(self) -> str:
        """Value with its unit, as one would say it."""
        if not re.search(r"\d", self.value):
            return self.value
        if self.growth and not self.total:
            return self.value if self.value.endswith("%") or self.value.startswith("<") else f"{self.value}%"
        unit = "" if self.growth and self.unit == "%" else self.unit
        if unit.startswith(_COUNTED):  # 张/百人, 人/个: the indicator's name says per what
            unit = unit.split("/")[0]
        return f"{self.value}{unit}"


def table_facts(rows: Iterable[TableRow]) -> tuple[Fact, ...]:
    """One fact a filled cell; the column 属性 (预期性/约束性) becomes a note of the row's facts."""
    return tuple(fact for row in rows for fact in _of_row(row))


def indicator_name(row: TableRow) -> str:
    """The indicator without its unit and footnote mark."""
    return _UNIT_NAME.sub("", row.name)


def _of_row(row: TableRow) -> Iterator[Fact]:
    kinds = [c.value for c in row.cells if c.column[-1] == "属性"]
    marks = [n for n in row.notes if "预计值" in n] + kinds
    if row.name.endswith("*"):
        marks.append("常住人口口径")
    for cell in row.cells:
        if cell.value in _EMPTY or cell.column[-1] == "属性":
            continue
        year, status, growth = _column(cell, row)
        total = cell.value.startswith("[")
        notes = tuple(marks) if status == "实际" else tuple(m for m in marks if "预计" not in m)
        yield Fact(
            indicator=indicator_name(row),
            value=cell.value.strip("[]"),
            unit=row.unit,
            year=year,
            status=status,
            row=row,
            span=cell.span,
            growth=growth,
            total=total,
            notes=notes,
        )


def _column(cell: Cell, row: TableRow) -> tuple[int, Status, bool]:
    column = "".join(cell.column)
    growth = "年均" in column
    if (
        len(cell.column) == 2
    ):  # the thirteenth-plan table: 规划目标 and 完成情况, each with 2020年 and 年均增长
        return 2020, ("五年目标" if "规划" in column else "实际"), growth
    if "完成" in column:
        return 2020, "实际", False
    return 2025, "五年目标", growth
