"""Working days as announced, and the arithmetic on working time."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest

from actions.tickets.moment import LOCAL
from actions.tickets.workdays import AroundTheClock, Day, Workdays, day_of, local

OFFICE = Workdays(((time(8, 30), time(12)), (time(13, 30), time(17, 30))))

# Written out from the announcements of the State Council, weekends aside.
OFF_2026 = {
    *(date(2026, 1, day) for day in (1, 2)),
    *(date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23)),
    date(2026, 4, 6),
    *(date(2026, 5, day) for day in (1, 4, 5)),
    date(2026, 6, 19),
    date(2026, 9, 25),
    *(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
}
WORKED_2026 = {
    date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
}  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def test_every_day_of_2026_is_as_announced() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    working = {day for day in days if day.weekday() < 5} - OFF_2026 | WORKED_2026
    assert {day for day in days if day_of(day).working} == working
    assert all(day_of(day).certain for day in days)


def test_a_year_that_is_not_out_is_a_guess_that_says_so() -> None:
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2099, 1, 1))
    assert day_of(date(2099, 1, 1)) == Day(working=False, certain=False)  # a Thursday, but New Year
    assert day_of(date(2099, 1, 2)) == Day(working=True, certain=False)
    assert day_of(date(2099, 1, 3)) == Day(working=False, certain=False)


def test_time_passes_only_in_office_hours() -> None:
    assert OFFICE.length == timedelta(hours=7.5)
    assert OFFICE.after(at("2026-11-23 16:00"), timedelta(hours=2)).at == at("2026-11-24 09:00")
    assert OFFICE.after(at("2026-11-23 11:00"), timedelta(hours=2)).at == at("2026-11-23 14:30")
    assert OFFICE.after(at("2026-11-23 03:00"), timedelta()).at == at("2026-11-23 03:00")
    assert OFFICE.before(at("2026-11-23 09:30"), timedelta(hours=2)) == at("2026-11-20 16:30")
    assert OFFICE.between(at("2026-11-20 17:00"), at("2026-11-23 09:00")) == timedelta(hours=1)
    assert OFFICE.between(at("2026-11-23 09:00"), at("2026-11-20 09:00")) == timedelta()


def test_forward_and_back_again() -> None:
    """What is added can be taken off, and lies in between; for the clock that always runs too."""
    chance = random.Random(81890)
    for _ in range(2000):
        counting = chance.choice((OFFICE, AroundTheClock()))
        start = at("2025-01-01 00:00") + timedelta(minutes=chance.randrange(500 * 1440))
        span = timedelta(minutes=chance.randrange(1, 12_000))
        end = counting.after(start, span).at
        assert counting.between(start, end) == span
        assert counting.between(counting.before(end, span), end) == span
        assert counting.before(end, span) >= start


def test_pauses_may_overlap_touch_and_come_in_any_order() -> None:
    start, day = at("2026-11-23 08:30"), timedelta(hours=7.5)
    pauses = [
        (at("2026-11-23 14:00"), at("2026-11-23 16:00")),
        (at("2026-11-23 09:00"), at("2026-11-23 10:00")),
        (at("2026-11-23 09:30"), at("2026-11-23 11:00")),
        (at("2026-11-23 11:00"), at("2026-11-23 11:00")),
        (at("2026-11-01 00:00"), at("2026-11-02 00:00")),
    ]
    assert OFFICE.after(start, day, pauses).at == at(
        "2026-11-24 14:00"
    )  # 4 hours were paused: 3.5 and half an hour
    assert OFFICE.between(start, at("2026-11-23 17:30"), pauses) == timedelta(hours=3.5)


def test_moments_of_other_zones_are_the_same_moments() -> None:
    utc = datetime.fromisoformat("2026-11-23T01:00:00+00:00")
    assert OFFICE.after(utc, timedelta(hours=1)).at == at("2026-11-23 10:00")
    with pytest.raises(ValueError, match="没有时区"):
        local(datetime(2026, 11, 23))
