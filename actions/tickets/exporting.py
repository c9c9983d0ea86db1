"""Tickets as a table for a spreadsheet program.

Whatever begins like a formula gets an apostrophe before it, so that no program computes what a resident wrote. House
and room numbers are hidden unless the export is one with contacts, which only a supervisor may make, with a reason.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from actions.tickets.moment import LOCAL
from actions.tickets.ticket import Ticket

BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheet programs take UTF-8 for something else
COLUMNS = (
    *("单号", "状态", "加急", "类型", "类别", "部门", "内容", "地点", "何时起", "渠道"),
    *("受理时间", "应办结", "办结时间", "答复", "是否解决", "催办次数", "重办次数", "联系电话"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_HOUSE = re.compile(r"(?:\d+[-－—]?)+(?=\s*(?:号(?!线)|幢|栋|弄|单元|室|楼))")
_SOLVED = {True: "是", False: "否", None: ""}


def as_csv(tickets: Iterable[Ticket], contacts: Mapping[str, str] | None = None) -> str:
    """The whole file as text.

    :param contacts: phone numbers by ticket number, where they may be told; None hides what is personal
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for ticket in tickets:
        writer.writerow([harmless(cell) for cell in _cells(ticket, contacts)])
    return BYTE_ORDER_MARK + out.getvalue()


def harmless(cell: str) -> str:
    """The text so that no spreadsheet program takes it for a formula.

    >>> harmless("=1+1"), harmless(" @SUM(A1)"), harmless("3幢")
    ("'=1+1", "' @SUM(A1)", '3幢')
    """
    return f"'{cell}" if cell.lstrip(" \n\u3000").startswith(_FORMULA) else cell


def hidden(text: str) -> str:
    """Without the numbers of houses and rooms.

    >>> hidden("白云街道安丰小区7幢302室")
    '白云街道安丰小区*幢*室'
    """
    return _HOUSE.sub("*", text)


def _cells(ticket: Ticket, contacts: Mapping[str, str] | None) -> list[str]:
    told = (lambda text: text) if contacts is not None else hidden
    return [
        *(ticket.number, ticket.state, ticket.priority or "", ticket.kind, ticket.category),
        *(ticket.department or "待分派", told(ticket.problem), told(ticket.place), ticket.since),
        *(ticket.channel, _time(ticket.created), _time(ticket.due), _time(ticket.closed)),
        *(ticket.reply, _SOLVED[ticket.solved], str(ticket.urged), str(ticket.reopened)),
        "" if contacts is None else contacts.get(ticket.number, ""),
    ]


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}" if at else ""
