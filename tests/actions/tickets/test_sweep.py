"""The ladder: each step once, in order, at its time; across restarts, several processes and clocks that jump."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from actions.tickets.deadline_rules import read_rules
from actions.tickets.moment import LOCAL
from actions.tickets.records import Report
from actions.tickets.sweep import Rhythm
from actions.tickets.tables import deadline_events
from actions.tickets.ticket import Ticket
from tests.actions.tickets.hotline_parts import DESK, Hotline, make_hotline
from tests.actions.tickets.ledger_parts import CHIEF, LI, START, WANG, Hands

ROAD = "区综合行政执法局"
LAMP = Report(problem="路灯坏了", place="甲路", session="web-1")  # 3 working days: Thursday 26, 17:30
STEPS = ["即将超期", "催办通知", "督办", "问责"]


@pytest.fixture
def hotline(ledger_url: str, hands: Hands) -> Iterator[Hotline]:
    hotline = make_hotline(ledger_url, hands)
    yield hotline
    hotline.office.close()


@pytest.fixture
def lamp(hotline: Hotline) -> Ticket:
    return hotline.office.register.get(hotline.office.reception.file(LAMP, "lamp").number)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def events(hotline: Hotline) -> list[tuple[str, str, datetime]]:
    with hotline.office.store.reading() as connection:
        rows = connection.execute(select(deadline_events).order_by(deadline_events.c.at))
        return [(row.step, row.department, row.at) for row in rows]


def test_the_whole_ladder_as_time_goes_by(hotline: Hotline, lamp: Ticket, hands: Hands) -> None:
    sweep = hotline.sweep()
    fired: list[tuple[str, datetime]] = []
    hands.at = at("2026-11-25 00:00")
    while hands.at < at("2026-12-03 00:00"):
        fired += [(step, hands.at) for _, step in sweep.round().fired]
        hands.move(minutes=30)
    assert fired == [
        ("即将超期", at("2026-11-26 11:30")),  # a fifth of 22.5 hours is 4.5: the afternoon and half an hour
        ("催办通知", at("2026-11-26 17:30")),
        ("督办", at("2026-11-27 17:30")),
        ("问责", at("2026-12-01 17:30")),
    ]
    assert [(step, unit) for step, unit, _ in events(hotline)] == [(step, ROAD) for step in STEPS]
    assert [kind for kind, _ in hotline.console(ROAD)] == ["assign", *STEPS]


def test_the_history_names_department_and_step_and_stays_sound(
    hotline: Hotline, lamp: Ticket, hands: Hands
) -> None:
    hands.move(days=14)
    hotline.sweep().round()
    warned = [e for e in hotline.office.register.events(lamp) if e.move == "warn"]
    assert [(e.details["step"], e.details["department"], e.public) for e in warned] == [
        (step, ROAD, False) for step in STEPS[1:]
    ]
    assert hotline.office.audit.verify().findings == ()
    assert hotline.told("web-1") == []


def test_after_a_standstill_missed_steps_come_in_order_and_the_late_warning_is_left_out(
    hotline: Hotline, lamp: Ticket, hands: Hands
) -> None:
    hands.at = at("2026-12-10 09:00")
    assert [step for _, step in hotline.sweep().round().fired] == STEPS[1:]
    assert hotline.sweep().round().fired == ()


def test_restarts_and_clocks_that_go_back_and_forth_fire_nothing_twice(
    hotline: Hotline, lamp: Ticket, hands: Hands
) -> None:
    fired: list[str] = []
    moments = (
        "2026-11-26 17:30",
        "2026-11-20 08:00",
        "2026-11-26 17:31",
        "2026-11-28 00:00",
        "2026-11-26 12:30",
    )
    for moment in (*moments, "2026-12-20 00:00", "2026-11-27 00:00", "2026-12-20 00:00"):
        hands.at = at(moment)
        fired += [step for _, step in hotline.sweep().round().fired]  # a new process each time
    assert fired == STEPS[1:]


def test_processes_that_sweep_at_once_fire_once(hotline: Hotline, hands: Hands) -> None:
    for n in range(6):
        hotline.office.reception.file(LAMP, f"k{n}")
    hands.at = at("2026-12-10 09:00")
    sweeps = [hotline.sweep() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda sweep: sweep.round().fired, sweeps))
    fired = sorted(pair for one in done for pair in one)
    assert len(fired) == len(set(fired)) == 18
    assert len(events(hotline)) == 18


def test_a_clock_that_was_set_holds_the_ladder_for_a_while(
    hotline: Hotline, lamp: Ticket, hands: Hands
) -> None:
    seconds = 0.0
    sweep = hotline.sweep(steady=lambda: seconds)
    assert not sweep.round().held
    hands.move(days=30)  # the clock says so; a minute has passed
    seconds += 60
    assert (sweep.round().held, events(hotline)) == (True, [])
    hands.at = START + timedelta(minutes=2)  # somebody puts it right
    seconds += 60
    assert sweep.round().held
    seconds += 60 * Rhythm.load().hold_minutes
    hands.move(minutes=Rhythm.load().hold_minutes)
    swept = sweep.round()
    assert (swept.held, swept.fired) == (False, ())


def test_a_clock_that_stays_where_it_was_set_is_believed_in_the_end(
    hotline: Hotline, lamp: Ticket, hands: Hands
) -> None:
    seconds = 0.0
    sweep = hotline.sweep(steady=lambda: seconds)
    hands.move(days=30)
    assert sweep.round().held
    seconds += 60 * Rhythm.load().hold_minutes
    hands.move(minutes=Rhythm.load().hold_minutes)
    assert len(sweep.round().fired) == 3


def test_a_ticket_that_waits_is_closed_or_follows_another_climbs_no_ladder(
    hotline: Hotline, hands: Hands
) -> None:
    numbers = [hotline.office.reception.file(LAMP, f"k{n}").number for n in range(4)]
    work = hotline.office.casework
    work.ask_back(numbers[0], 2, LI, "哪一根？")
    work.close(numbers[1], 2, WANG, "已修。")
    work.merge(numbers[2], 2, LI, into=numbers[3])
    hands.at = at("2026-12-10 09:00")
    assert {number for number, _ in hotline.sweep().round().fired} == {numbers[3]}


def test_a_pause_moves_the_ladder_and_a_new_term_climbs_anew(
    hotline: Hotline, lamp: Ticket, hands: Hands
) -> None:
    work = hotline.office.casework
    work.ask_back(lamp.number, 2, LI, "哪一根？")
    hands.at = at("2026-12-07 08:30")
    supplied = work.supply(lamp.number, 3, LI, "第一根")
    assert supplied.due == at("2026-12-09 17:30")
    assert hotline.sweep().round().fired == ()
    hands.at = at("2026-12-09 17:30")
    assert [step for _, step in hotline.sweep().round().fired] == ["催办通知"]
    work.close(lamp.number, 5, WANG, "修好了。")
    hands.move(days=1)
    reopened = work.reopen(lamp.number, 6, CHIEF, "抽查不合格")
    hands.at = reopened.due
    assert [step for _, step in hotline.sweep().round().fired] == ["催办通知"]


def test_what_nobody_has_taken_is_on_the_desk(hotline: Hotline, hands: Hands) -> None:
    hotline.office.reception.file(Report(problem="说不清"), "p")
    hands.at = at("2026-12-10 09:00")
    hotline.sweep().round()
    assert {unit for _, unit, _ in events(hotline)} == {DESK}


def test_the_longest_warning_lies_within_what_is_looked_at() -> None:
    rules = read_rules()
    days = max(a.days for a in (*rules.kinds.values(), *rules.categories.values()))
    share = max(step.share for step in rules.ladder)
    assert 2 * share * days + 14 < Rhythm.load().look_ahead_days  # weekends, and the longest holidays
