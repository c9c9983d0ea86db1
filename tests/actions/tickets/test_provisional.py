"""Due dates in a year whose holidays are not published yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from actions.tickets.deadline_rules import read_rules
from actions.tickets.deadlines import Deadlines
from actions.tickets.moment import LOCAL
from actions.tickets.records import Report
from actions.tickets.workdays import Day, day_of
from tests.actions.tickets.hotline_parts import Hotline, make_hotline
from tests.actions.tickets.ledger_parts import LI, Hands

LAMP = Report(problem="路灯坏了", place="甲路", session="web-1")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def test_a_date_in_a_year_without_calendar_is_counted_anew_when_it_is_out(
    ledger_url: str, hands: Hands
) -> None:
    hands.at = at("2026-12-30 10:00")
    hotline = make_hotline(ledger_url, hands)
    receipt = hotline.office.reception.file(LAMP, "k")
    assert (receipt.provisional, receipt.due) == (True, at("2027-01-05 17:30"))
    assert hotline.sweep().round().moved == ()
    off = {date(2027, 1, 2), date(2027, 1, 3), date(2027, 1, 4)}

    def announced(day: date) -> Day:
        return Day(day_of(day).working and day not in off, True)

    later = make_hotline_with(ledger_url, hands, announced)
    assert later.sweep(day=announced).round().moved == (receipt.number,)
    ticket = later.office.register.get(receipt.number)
    assert (ticket.provisional, ticket.due) == (False, at("2027-01-06 17:30"))
    told = later.told("web-1")
    later.office.close()
    hotline.office.close()
    assert told == [f"节假日安排公布后，{receipt.number} 的办结时间改为1月6日17:30。"]


def make_hotline_with(url: str, hands: Hands, day: Callable[[date], Day]) -> Hotline:
    """The hotline of a release whose calendar knows more."""
    return make_hotline(url, hands, Deadlines(read_rules(), day, hands))


def test_a_provisional_date_is_told_as_such(ledger_url: str, hands: Hands) -> None:
    hands.at = at("2026-12-30 10:00")
    hotline = make_hotline(ledger_url, hands)
    number = hotline.office.reception.file(LAMP, "k").number
    hotline.office.casework.assign(number, 2, LI, "区民政局")
    told = hotline.told("web-1")
    hotline.office.close()
    assert told == [f"您反映的事项（{number}）已转给区民政局办理，预计1月5日17:30（暂定）前办结。"]
