"""Deadlines counted the slow way: every minute of three years is looked at, one after the other.

Written without the engine's arithmetic; it shares only the table of allowances and the published holidays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache

import chinese_calendar
import numpy as np
from numpy.typing import NDArray

from actions.tickets.moment import LOCAL

FIRST = date(2024, 1, 1)
DAYS = (date(2026, 12, 31) - FIRST).days + 1
MORNING = range(8 * 60 + 30, 12 * 60)
AFTERNOON = range(13 * 60 + 30, 17 * 60 + 30)
OFFICE_DAY = 450  # minutes
WINDOW = 120 * 1440  # no due date is further away than that


@cache
def office_minutes() -> NDArray[np.bool_]:
    """One entry a minute: are offices open?"""
    open_day = np.zeros(24 * 60, dtype=bool)
    open_day[list(MORNING) + list(AFTERNOON)] = True
    closed = np.zeros(24 * 60, dtype=bool)
    days = (FIRST + timedelta(days=n) for n in range(DAYS))
    return np.concatenate([open_day if chinese_calendar.is_workday(day) else closed for day in days])


def minute(moment: datetime) -> int:
    """Minutes since the beginning."""
    return int((moment - datetime(FIRST.year, 1, 1, tzinfo=LOCAL)).total_seconds()) // 60


def due(
    start: datetime,
    days: int,
    hours: int,
    pauses: Sequence[tuple[datetime, datetime]],
    extension: int,
) -> datetime:
    """When the last minute that counts is over. ``start`` and pauses lie on whole minutes."""
    if hours:
        begin, wanted = minute(start), 60 * (hours + 24 * extension)
        counts = np.ones(WINDOW, dtype=bool)
    else:
        begin = (minute(start) // 1440 + 1) * 1440
        wanted, counts = OFFICE_DAY * (days + extension), office_minutes()[begin : begin + WINDOW].copy()
    for stop, resume in pauses:
        counts[max(0, minute(stop) - begin) : max(0, minute(resume) - begin)] = False
    last = begin + int(np.flatnonzero(counts)[wanted - 1])
    return datetime(FIRST.year, 1, 1, tzinfo=LOCAL) + timedelta(minutes=last + 1)
