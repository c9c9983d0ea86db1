"""Working days and working time in China: weekends, public holidays, and the weekends worked in exchange (调休).

    office = Workdays(opening=((time(8, 30), time(12)), (time(13, 30), time(17, 30))))
    office.day(date(2026, 10, 10))           # Day(working=True, certain=True): a Saturday, worked
    office.after(monday_at_16, hours(2))     # Counted(at=Tuesday 09:00, certain=True)

The State Council publishes the holidays of a year late in the year before. Days of a year that is not out yet are
counted by weekend and fixed holidays alone, and marked as uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import chinese_calendar

from actions.tickets.moment import LOCAL

# Holidays by law whose date is the same each year; the others follow the moon, and 调休 is decided each year.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})

Opening = Sequence[tuple[time, time]]
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Day:
    """Whether offices work on a day; ``certain`` is False while that year's calendar is not out."""

    working: bool
    certain: bool


@dataclass(frozen=True)
class Counted:
    """A point in time, Asia/Shanghai; ``certain`` as for the days it was counted over."""

    at: datetime
    certain: bool


@cache
def day_of(day: date) -> Day:
    """The day by the published calendar, or a guess that says so.

    >>> day_of(date(2026, 2, 14)), day_of(date(2026, 2, 16))
    (Day(working=True, certain=True), Day(working=False, certain=True))
    """
    try:
        return Day(bool(chinese_calendar.is_workday(day)), True)
    except NotImplementedError:  # its only way to say that it doesn't know the year
        return Day(day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS, False)


def local(moment: datetime) -> datetime:
    """``moment`` in Shanghai.

    :raises ValueError: for a datetime without time zone, which could mean any hour.
    """
    if moment.tzinfo is None:
        raise ValueError(f"时间 {moment} 没有时区：请给带时区的 datetime")
    return moment.astimezone(LOCAL)


class Workdays:
    """Adds, takes off and measures working time.

    :param opening: the hours of a working day, in order, not touching midnight.
    :param day: tells working days; the published calendar unless a test has its own.
    """

    def __init__(self, opening: Opening, day: Callable[[date], Day] = day_of) -> None:
        self._opening = tuple(opening)
        self.day = day

    @property
    def length(self) -> timedelta:
        """Working time of one day."""
        anchor = date(2000, 1, 3)
        return sum(
            (datetime.combine(anchor, end) - datetime.combine(anchor, begin) for begin, end in self._opening),
            timedelta(),
        )

    def after(self, start: datetime, span: timedelta, pauses: Sequence[Span] = ()) -> Counted:
        """When ``span`` of working time has passed since ``start``, not counting the ``pauses``."""
        moment, certain = local(start), True
        for begin, end, sure in self._stretches(moment, pauses):
            certain = certain and sure
            if span <= end - begin:
                return Counted(begin + span if span else moment, certain)
            span -= end - begin
        raise AssertionError("unreachable: working days never end")

    def before(self, end: datetime, span: timedelta) -> datetime:
        """The moment with ``span`` of working time between it and ``end``."""
        day = local(end).date()
        while True:
            for first, last in reversed(self._hours(day)):
                last = min(last, local(end))
                if first < last:
                    if span <= last - first:
                        return last - span
                    span -= last - first
            day -= timedelta(days=1)

    def between(self, start: datetime, end: datetime, pauses: Sequence[Span] = ()) -> timedelta:
        """Working time from ``start`` to ``end``; zero when ``end`` is not later."""
        total, end = timedelta(), local(end)
        for first, last, _ in self._stretches(local(start), pauses):
            if first >= end:
                break
            total += min(last, end) - first
        return total

    def next_day(self, moment: datetime) -> datetime:
        """Midnight after ``moment``: by law the day on which something begins doesn't count."""
        return datetime.combine(local(moment).date() + timedelta(days=1), time(0), LOCAL)

    def _hours(self, day: date) -> list[Span]:
        if not self.day(day).working:
            return []
        return [
            (datetime.combine(day, begin, LOCAL), datetime.combine(day, end, LOCAL))
            for begin, end in self._opening
        ]

    def _stretches(
        self, start: datetime, pauses: Sequence[Span]
    ) -> Iterator[tuple[datetime, datetime, bool]]:
        """Working stretches from ``start`` on with the pauses cut out, and whether their day is certain."""
        day, certain = start.date(), True
        while True:
            certain = certain and self.day(day).certain
            for begin, end in self._hours(day):
                for first, last in _without((max(begin, start), end), pauses):
                    yield first, last, certain
            day += timedelta(days=1)


class AroundTheClock(Workdays):
    """Every hour of every day counts, for what can't wait for an office to open."""

    def __init__(self) -> None:
        super().__init__((), lambda _: Day(True, True))

    @property
    def length(self) -> timedelta:
        """See Workdays."""
        return timedelta(days=1)

    def _hours(self, day: date) -> list[Span]:
        begin = datetime.combine(day, time(0), LOCAL)
        return [(begin, begin + timedelta(days=1))]


def _without(stretch: Span, pauses: Sequence[Span]) -> Iterator[Span]:
    """What of a stretch is left beside the pauses, which may overlap and come in any order."""
    begin, end = stretch
    for stop, resume in sorted((local(stop), local(resume)) for stop, resume in pauses):
        if begin < stop:
            yield begin, min(stop, end)
        begin = max(begin, resume)
        if begin >= end:
            return
    if begin < end:
        yield begin, end
