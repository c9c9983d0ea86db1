"""``tickets figures`` and ``tickets similar``: how well the hotline keeps its word, and what may be one matter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from actions.bootstrap import build_aftercare, build_encoder, build_office
from actions.settings import load_settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.figures import Line, Sheet
from actions.tickets.moment import LOCAL
from bot.commands import show
from bot.commands.errors import InputInvalid

_COLUMNS: tuple[str, ...] = (
    "部门", "工单", "在办", "超期", "办结", "按时率", "首次响应(工时)", "按时响应率", "满意率", "重办", "催办/督办/问责",
)  # fmt: skip

Since = Annotated[str, typer.Option(help="只算这一天起登记的，例如 2026-11-01。")]
Until = Annotated[str, typer.Option(help="只算这一天之前登记的。")]


def figures(
    since: Since = "",
    until: Until = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """按时率、首次响应、在办和超期、满意率、重办，按部门列出。"""
    with _aftercare() as care:
        sheet = care.figures.compute(_day(since), _day(until))
    if as_json:
        typer.echo(json.dumps(sheet.json(), ensure_ascii=False, indent=2))
    else:
        show.out.print(table(sheet))
        show.out.print(f"还没送到的消息：{sheet.undelivered} 条")


def similar(number: Annotated[str, typer.Argument(help="单号。")]) -> None:
    """可能和这一张是同一件事的在办工单，最像的在前；要合并由人决定。"""
    with _aftercare(encoder=True) as care:
        assert care.duplicates is not None
        found = care.duplicates.of(care.office.register.get(number))
    for one in found:
        place = "都没写地点" if one.place is None else f"地点相同 {one.place:.0%}"
        show.out.print(f"{one.number}  内容相近 {one.likeness:.2f}  {place}")
    if not found:
        show.out.print("没有相近的在办工单")


def table(sheet: Sheet) -> Table:
    """The sheet for the terminal: a line a department, the total last."""
    shown = Table(*_COLUMNS)
    for line in (*sheet.departments, sheet.total):
        shown.add_row(*_cells(line))
    return shown


def _cells(line: Line) -> list[str]:
    steps = "/".join(str(line.steps[step]) for step in ("催办通知", "督办", "问责"))
    response = "–" if line.response_hours is None else f"{line.response_hours:g}"
    counts = [str(n) for n in (line.matters, line.backlog, line.overdue, line.closed)]
    rates = [
        _percent(rate) for rate in (line.on_time_rate, line.response_on_time_rate, line.satisfaction_rate)
    ]
    return [line.name, *counts, rates[0], response, rates[1], rates[2], str(line.reopened), steps]


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"


def _day(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputInvalid(f"日期「{text}」要写成 2026-11-01") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


@contextmanager
def _aftercare(encoder: bool = False) -> Iterator[Aftercare]:
    settings = load_settings()
    loaded = build_encoder(settings) if encoder else None
    office = build_office(settings, loaded)
    try:
        yield build_aftercare(settings, office, loaded)
    finally:
        office.close()
