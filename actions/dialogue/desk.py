"""When people sit at the hotline's desk, as configured: «工作日 08:30-17:30»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from actions.tickets.workdays import day_of, local

_FORM = re.compile(r"(工作日|每天)\s*(\d{1,2}):(\d{2})\s*[-－–~～至到]\s*(\d{1,2}):(\d{2})")


# Whether a person can be asked for: open, out of hours, a holiday, or within hours with nobody on duty
Opening = Literal["open", "closed", "holiday", "nobody"]


class DeskHoursUnusable(ValueError):
    """DESK_HOURS holds something else than hours."""


@dataclass(frozen=True)
class DeskHours:
    """Opening hours of one kind of day; times of Asia/Shanghai."""

    daily: bool
    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> DeskHours:
        """From a setting.

        >>> DeskHours.parse("工作日 08:30-17:30").english
        'working days 08:30-17:30'

        :raises DeskHoursUnusable: naming the value and the form.
        """
        found = _FORM.fullmatch(text.strip())
        if found:
            first, last = f"{found[2]:0>2}:{found[3]}", f"{found[4]:0>2}:{found[5]}"
            if first < last < "24:00" and max(found[3], found[5]) < "60":
                return cls(found[1] == "每天", time.fromisoformat(first), time.fromisoformat(last))
        raise DeskHoursUnusable(f"DESK_HOURS={text} 不能用：写成「工作日 08:30-17:30」或「每天 08:00-20:00」")

    def open(self, now: datetime) -> bool:
        """Whether the desk is open; weekends worked in exchange count as working days."""
        moment = local(now)
        return (self.daily or day_of(moment.date()).working) and self.opens <= moment.time() < self.closes

    def closed(self, now: datetime) -> Literal["", "closed", "holiday"]:
        """Why nobody is there; ``holiday`` on a weekday that is no working day. Empty: it is open."""
        if self.open(now):
            return ""
        day = local(now).date()
        return "holiday" if not self.daily and day.weekday() < 5 and not day_of(day).working else "closed"

    @property
    def chinese(self) -> str:
        """For a sentence."""
        return f"{'每天' if self.daily else '工作日'}{self._span}"

    @property
    def english(self) -> str:
        """For a sentence."""
        return f"{'every day' if self.daily else 'working days'} {self._span}"

    @property
    def _span(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"
