"""Points in time as both databases keep them: UTC text of one width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

LOCAL = ZoneInfo("Asia/Shanghai")
# From how many minutes on a unit is used, its minutes, its names.
_UNITS = ((2880, 1440, "天", "days"), (180, 60, "小时", "hours"), (0, 1, "分钟", "minutes"))
_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def now() -> datetime:
    """The present, in the district's time zone."""
    return datetime.now(LOCAL)


def written(at: datetime) -> str:
    """``"2026-11-22T01:20:30.000000Z"``.

    :raises ValueError: for a time without its zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"时间 {at} 没有时区：请用 Asia/Shanghai 的时间")
    return at.astimezone(UTC).strftime(_FORM)


def read(text: str) -> datetime:
    """What ``written`` wrote, in the district's time zone."""
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC).astimezone(LOCAL)


def shown_wait(minutes: int, english: bool = False) -> str:
    """How long to wait, in the largest unit that fits.

    >>> shown_wait(60), shown_wait(59 * 60), shown_wait(26 * 24 * 60, english=True)
    ('60 分钟', '3 天', '26 days')
    """
    size, zh, en = next(unit[1:] for unit in _UNITS if minutes >= unit[0])
    return f"{-(-minutes // size)} {en if english else zh}"


class Moment(TypeDecorator[datetime]):
    """A column of aware datetimes; SQLite itself would drop the zone."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else written(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else read(value)
