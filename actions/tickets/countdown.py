"""How a ticket stands with its date, in words and as a level that a page can colour.

countdown(ticket, deadlines, life, now())     # Countdown(level="soon", words="还有 3 小时 20 分", step="即将超期")
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from actions.tickets.deadlines import Deadlines
from actions.tickets.states import Life
from actions.tickets.ticket import Ticket

Level = Literal["calm", "soon", "overdue", "paused", "done"]
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True)
class Countdown:
    """``step`` is the last step of the ladder that has been reached; empty before the first."""

    level: Level
    words: str
    step: str


def countdown(ticket: Ticket, deadlines: Deadlines, life: Life, at: datetime) -> Countdown:
    """Where the ticket stands at ``at``."""
    state = life.states[ticket.state]
    if state.clock == "stopped":
        return Countdown("done", _kept(ticket), "")
    if state.clock == "paused":
        return Countdown("paused", "停表，等居民补充", "")
    reached = [
        rung.step for rung in deadlines.ladder(ticket.category, ticket.kind, ticket.due) if rung.at <= at
    ]
    left, day = deadlines.left(ticket.category, ticket.kind, ticket.due)
    step = reached[-1] if reached else ""
    around = day == timedelta(days=1)
    if at >= ticket.due:
        return Countdown("overdue", f"超期 {spoken(-left, day, around)}", step)
    return Countdown("soon" if reached else "calm", f"还有 {spoken(left, day, around)}", step)


def spoken(span: timedelta, day: timedelta, around: bool = False) -> str:
    """A length of time, in the two largest units.

    >>> spoken(timedelta(hours=17), timedelta(hours=7.5)), spoken(timedelta(minutes=95), timedelta(hours=7.5))
    ('2 个工作日 2 小时', '1 小时 35 分')
    """
    days, rest = divmod(span, day)
    hours, minutes = divmod(int(rest.total_seconds()) // _MINUTE, _HOUR // _MINUTE)
    if days:
        unit = "天" if around else "个工作日"
        return f"{days} {unit} {hours} 小时" if hours else f"{days} {unit}"
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    return f"{minutes} 分钟" if minutes else "不到 1 分钟"


def _kept(ticket: Ticket) -> str:
    if ticket.state in ("已撤回", "不予受理") or ticket.closed is None:
        return ticket.state
    return "按时办结" if ticket.closed <= ticket.due else "超期办结"
