"""The figures, counted on paper for a handful of tickets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from actions.tickets.deadlines import Deadlines
from actions.tickets.figures import QUEUE, Figures
from actions.tickets.moment import LOCAL
from actions.tickets.records import Report
from tests.actions.tickets.hotline_parts import Hotline, make_hotline
from tests.actions.tickets.ledger_parts import LI, START, WANG, Hands

ROAD = "区综合行政执法局"


@pytest.fixture
def hotline(ledger_url: str, hands: Hands) -> Iterator[Hotline]:
    hotline = make_hotline(ledger_url, hands)
    yield hotline
    hotline.office.close()


@pytest.fixture
def figures(hotline: Hotline, hands: Hands) -> Figures:
    return Figures(hotline.office.store, Deadlines.load(hands), hands)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def file(hotline: Hotline, key: str, problem: str = "路灯坏了") -> str:
    return hotline.office.reception.file(Report(problem=problem, session="s"), key).number


def test_nothing_filed_divides_by_nothing(figures: Figures) -> None:
    total = figures.compute().total
    assert (total.reports, total.backlog, total.rated) == (0, 0, {"满意": 0, "基本满意": 0, "不满意": 0})
    assert (total.on_time_rate, total.response_hours, total.satisfaction_rate) == (None, None, None)
    assert figures.compute().departments == ()


def test_a_week_at_the_hotline(hotline: Hotline, figures: Figures, hands: Hands) -> None:
    """Five lamps on Monday 9:30, due on Thursday 17:30, and a puzzle, due a week after."""
    work, desk = hotline.office.casework, hotline.office.reception
    lamps = [file(hotline, f"k{n}") for n in range(5)]
    file(hotline, "p", "说不清")
    work.merge(lamps[4], 2, LI, into=lamps[3])
    hands.at = at("2026-11-23 11:30")  # 2 office hours later
    work.start(lamps[0], 2, WANG)
    hands.at = at("2026-11-25 09:30")  # 2 days of 7.5 hours
    work.start(lamps[1], 2, WANG)
    work.close(lamps[0], 3, WANG, "已换")  # on time
    desk.rate(lamps[0], "满意", "", "r0", session="s")
    hands.at = at("2026-11-27 09:00")
    hotline.sweep().round()  # 催办通知 for the three that are left; the merged one follows
    work.close(lamps[1], 4, WANG, "已换")  # a day late
    desk.rate(lamps[1], "不满意", "还是黑的", "r1", session="s")  # reopened: two working days from now

    total = figures.compute().total
    assert (total.reports, total.matters, total.backlog, total.overdue) == (6, 5, 4, 2)
    assert (total.closed, total.on_time_rate) == (1, 1.0)
    assert total.response_hours == 8.5  # the middle of 2 and 15
    assert total.response_on_time_rate == 0.2  # one of five within the first working day
    assert total.rated == {"满意": 1, "基本满意": 0, "不满意": 1}
    assert (total.satisfaction_rate, total.reopened) == (0.5, 1)
    assert total.steps == {"即将超期": 0, "催办通知": 3, "督办": 0, "问责": 0}


def test_closed_late_is_not_on_time(hotline: Hotline, figures: Figures, hands: Hands) -> None:
    lamps = [file(hotline, f"k{n}") for n in range(4)]
    hotline.office.casework.close(lamps[0], 2, WANG, "已换")
    hands.at = at("2026-11-26 17:30")
    hotline.office.casework.close(lamps[1], 2, WANG, "已换")  # to the minute
    hands.move(minutes=1)
    hotline.office.casework.close(lamps[2], 2, WANG, "已换")
    assert figures.compute().total.on_time_rate == round(2 / 3, 4)
    assert figures.compute().total.overdue == 1


def test_by_department_and_period(hotline: Hotline, figures: Figures, hands: Hands) -> None:
    file(hotline, "a")
    hands.move(days=7)
    file(hotline, "b")
    file(hotline, "p", "说不清")
    lines = {line.name: line for line in figures.compute().departments}
    assert {name: line.reports for name, line in lines.items()} == {ROAD: 2, QUEUE: 1}
    assert lines[ROAD].overdue == 1
    week = figures.compute(since=START + timedelta(days=1))
    assert (week.total.reports, week.total.overdue) == (2, 0)
    assert figures.compute(until=START + timedelta(days=1)).total.reports == 1


def test_the_json_says_the_same(hotline: Hotline, figures: Figures) -> None:
    file(hotline, "a")
    sheet = figures.compute(since=START)
    data = json.loads(json.dumps(sheet.json(), ensure_ascii=False))
    assert data["at"] == "2026-11-23T09:30:00+08:00"
    assert data["total"]["reports"] == 1
    assert data["departments"][0]["name"] == ROAD
    assert data["undelivered"] == 1  # the department's line on the console
