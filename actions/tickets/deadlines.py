"""限时办结: when a ticket is due, how pauses and extensions move that, and when each step of the ladder is reached.

    deadlines = Deadlines.load()
    deadlines("路灯", "求助", reported_at)                              # Due(at=…, provisional=False)
    deadlines("路灯", "求助", reported_at, pauses=[Pause(…)], extension=3)

The rules stand in ``deadlines.yml``. Nothing here reads or writes the ledger.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from actions.tickets.deadline_rules import Allowance, Rules, Step, read_rules
from actions.tickets.errors import ExtensionRefused
from actions.tickets.moment import now
from actions.tickets.records import Due, Pause
from actions.tickets.workdays import AroundTheClock, Day, Span, Workdays, day_of, local

_KEPT_LADDERS = 4096


@dataclass(frozen=True)
class Rung:
    """A step of the ladder and the moment from which it applies."""

    step: str
    at: datetime


class Deadlines:
    """The rules, applied; see ``records.Deadline`` for the call.

    :param day: tells working days; another one only in tests.
    :param clock: the present, with its time zone: a pause that hasn't ended counts up to it.
    """

    def __init__(
        self,
        rules: Rules,
        day: Callable[[date], Day] = day_of,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.rules = rules
        self._office = Workdays(rules.opening, day)
        self._around = AroundTheClock()
        self._clock = clock
        # Tickets of one kind and day are due at the same minute, and each is looked at every round.
        self._ladders = lru_cache(_KEPT_LADDERS)(self._ladder)

    @classmethod
    def load(cls, clock: Callable[[], datetime] = now) -> Deadlines:
        """The project's own rules. Raises RulesUnusable."""
        return cls(read_rules(), clock=clock)

    def __call__(
        self,
        category: str,
        kind: str,
        start: datetime,
        *,
        pauses: Sequence[Pause] = (),
        extension: int = 0,
        again: bool = False,
    ) -> Due:
        """See ``records.Deadline``.

        :raises ValueError: for a time without zone, or a pause that ends before it begins.
        """
        counting = self._counting(category, kind)
        allowance = self.rules.allowance(category, kind)
        if again:
            allowance = shortened(allowance, self.rules.reopened_share)
        span = _length(allowance, counting) + extension * counting.length
        begin = local(start) if counting is self._around else self._office.next_day(start)
        found = counting.after(begin, span, [self._span(pause) for pause in pauses])
        return Due(found.at, not found.certain)

    def left(self, category: str, kind: str, due: datetime) -> tuple[timedelta, timedelta]:
        """Time until ``due`` as such a matter counts it, negative once it has passed, and the length of its day."""
        counting, at = self._counting(category, kind), self._clock()
        span = counting.between(at, due) if at <= due else -counting.between(due, at)
        return span, counting.length

    def ladder(self, category: str, kind: str, due: datetime) -> tuple[Rung, ...]:
        """The steps for a ticket that is due at ``due``, in their order."""
        return self._ladders(category, kind, due)

    def _ladder(self, category: str, kind: str, due: datetime) -> tuple[Rung, ...]:
        return tuple(Rung(step.name, self._reached(step, category, kind, due)) for step in self.rules.ladder)

    def extension(self, days: int, due: datetime, granted: int) -> int:
        """The working days that may be asked for now: ``days``, if the rules let them be.

        :param granted: how many extensions the ticket has had.
        :raises ExtensionRefused: when it is late, too long, or one too many.
        """
        most = self.rules.extension_days
        if self._clock() >= due:
            raise ExtensionRefused(f"{local(due):%m月%d日 %H:%M} 已经到期，延期要在到期之前申请")
        if granted >= self.rules.extensions:
            raise ExtensionRefused(f"已经延期 {granted} 次，最多 {self.rules.extensions} 次")
        if not 1 <= days <= most:
            raise ExtensionRefused(f"申请延期 {days} 个工作日，应在 1 到 {most} 之间")
        return days

    def first_response(self, start: datetime) -> datetime:
        """Until when someone must have taken up a ticket reported at ``start``."""
        span = self.rules.first_response_days * self._office.length
        return self._office.after(self._office.next_day(start), span).at

    def certain(self, moment: datetime) -> bool:
        """Whether the holidays of that year are published."""
        return self._office.day(local(moment).date()).certain

    def office_time(self, begin: datetime, end: datetime) -> timedelta:
        """Working time between two moments."""
        return self._office.between(begin, end)

    def _reached(self, step: Step, category: str, kind: str, due: datetime) -> datetime:
        if step.share:
            counting = self._counting(category, kind)
            return counting.before(due, step.share * _length(self.rules.allowance(category, kind), counting))
        # Whoever answers for it works office hours, even where the matter itself ran around the clock.
        return self._office.after(due, step.days * self._office.length).at

    def _counting(self, category: str, kind: str) -> Workdays:
        return self._around if self.rules.allowance(category, kind).hours else self._office

    def _span(self, pause: Pause) -> Span:
        end = self._clock() if pause.end is None else pause.end
        if pause.end is not None and pause.end < pause.start:
            raise ValueError(f"暂停的结束 {pause.end} 早于开始 {pause.start}")
        return pause.start, max(pause.start, end)


def _length(allowance: Allowance, counting: Workdays) -> timedelta:
    return timedelta(hours=allowance.hours) if allowance.hours else allowance.days * counting.length


def shortened(allowance: Allowance, share: float) -> Allowance:
    """The allowance of a reopened ticket: ``share`` of it, rounded up, so never nothing.

    >>> shortened(Allowance(days=5), 0.5)
    Allowance(days=3, hours=0)
    """
    return Allowance(math.ceil(allowance.days * share), math.ceil(allowance.hours * share))
