"""How well the promise is kept: on time, first response, backlog and overdue, satisfaction, reopened.

    figures = Figures(store, deadlines, clock).compute(since=first_of_month)
    figures.total.on_time_rate       # 0.94, or None while nothing was closed

Counted are tickets filed in the period, by department; one that was merged into another counts as a report, and its
matter once, with the ticket it follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, Row, func, select

from actions.tickets.deadlines import Deadlines
from actions.tickets.moment import LOCAL
from actions.tickets.states import load_states
from actions.tickets.store import Store
from actions.tickets.tables import deadline_events, feedback, outbox, tickets

QUEUE = "待分派"  # tickets without department
_SCORES = ("满意", "基本满意", "不满意")


@dataclass(frozen=True)
class Line:
    """The figures of one department, or of all. Rates are 0 to 1, or None where there is nothing to divide by."""

    name: str
    reports: int  # merged ones included
    matters: int
    backlog: int  # still open
    overdue: int  # open, and the date has passed
    closed: int
    on_time_rate: float | None  # of the closed: by the date
    response_hours: float | None  # median office hours until a person took it up
    response_on_time_rate: float | None  # within the time that deadlines.yml gives
    rated: dict[str, int]
    satisfaction_rate: float | None  # 满意 and 基本满意 among the rated
    reopened: int
    steps: dict[str, int]  # of the ladder


@dataclass(frozen=True)
class Sheet:
    """All figures. ``undelivered``: messages that their readers have not got yet."""

    at: datetime
    since: datetime | None
    until: datetime | None
    total: Line
    departments: tuple[Line, ...]
    undelivered: int

    def json(self) -> dict[str, Any]:
        """Plain JSON values; moments in ISO 8601 with the district's zone."""
        data = asdict(self)
        for name in ("at", "since", "until"):
            moment = data[name]
            data[name] = moment.astimezone(LOCAL).isoformat(timespec="seconds") if moment else None
        return data


class Figures:
    """Counts, in one consistent look at the ledger."""

    def __init__(self, store: Store, deadlines: Deadlines, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._deadlines = deadlines
        self._clock = clock
        self._open = frozenset(load_states().open_states)

    def compute(self, since: datetime | None = None, until: datetime | None = None) -> Sheet:
        """The figures of the tickets filed from ``since`` until before ``until``; None: no limit."""
        with self._store.reading() as connection:
            rows = connection.execute(_period(since, until)).all()
            kept = {row.id for row in rows}
            scores = [row for row in connection.execute(_scores()) if row.ticket_id in kept]
            steps = [row for row in connection.execute(_steps()) if row.ticket_id in kept]
            undelivered = _undelivered(connection)
        total = self._line("全部", rows, scores, steps)
        lines = []
        for name in sorted({row.department for row in rows} | {step.department for step in steps}):
            own = [row for row in rows if row.department == name]
            lines.append(self._line(name or QUEUE, own, scores, [s for s in steps if s.department == name]))
        return Sheet(self._clock(), since, until, total, tuple(lines), undelivered)

    def _line(self, name: str, rows: Sequence[Row[Any]], scores: Sequence[Any], steps: Sequence[Any]) -> Line:
        now, ids = self._clock(), {row.id for row in rows}
        matters = [row for row in rows if row.merged_into is None]
        backlog = [row for row in matters if row.state in self._open]
        closed = [row for row in matters if row.closed is not None]
        answered = [row for row in matters if row.responded is not None]
        waits = [self._deadlines.office_time(r.created, r.responded).total_seconds() / 3600 for r in answered]
        rated = _count(_SCORES, (row.score for row in scores if row.ticket_id in ids))
        ladder = [step.name for step in self._deadlines.rules.ladder]
        return Line(
            name=name,
            reports=len(rows),
            matters=len(matters),
            backlog=len(backlog),
            overdue=sum(row.due < now for row in backlog),
            closed=len(closed),
            on_time_rate=_rate(sum(row.closed <= row.due for row in closed), len(closed)),
            response_hours=round(median(waits), 2) if waits else None,
            response_on_time_rate=self._answered_in_time(matters),
            rated=rated,
            satisfaction_rate=_rate(rated["满意"] + rated["基本满意"], sum(rated.values())),
            reopened=sum(row.reopened > 0 for row in matters),
            steps=_count(ladder, (row.step for row in steps)),
        )

    def _answered_in_time(self, matters: Sequence[Row[Any]]) -> float | None:
        """Among those whose time for it is over or that have been taken up."""
        limits = [(row.responded, self._deadlines.first_response(row.created)) for row in matters]
        judged = [(done, limit) for done, limit in limits if done is not None or limit < self._clock()]
        return _rate(sum(done is not None and done <= limit for done, limit in judged), len(judged))


def _period(since: datetime | None, until: datetime | None) -> Any:
    names = ["id", "department", "state", "created", "due", "closed", "responded", "reopened", "merged_into"]
    query = select(*(tickets.c[name] for name in names)).order_by(tickets.c.id)
    if since is not None:
        query = query.where(tickets.c.created >= since)
    if until is not None:
        query = query.where(tickets.c.created < until)
    return query


def _scores() -> Any:
    return select(feedback.c.ticket_id, feedback.c.score)


def _steps() -> Any:
    return select(deadline_events.c.ticket_id, deadline_events.c.department, deadline_events.c.step)


def _undelivered(connection: Connection) -> int:
    waiting = select(func.count()).select_from(outbox).where(outbox.c.delivered_at.is_(None))
    return connection.scalar(waiting) or 0


def _count(names: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    tally = dict.fromkeys(names, 0)
    for name in found:
        tally[name] = tally.get(name, 0) + 1
    return tally


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
