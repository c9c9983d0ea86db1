"""The queues of the desk: how many open matters each department has, and how many of them press; and where they are.

Counted are open tickets that follow no other one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, select

from actions.tickets.moment import LOCAL
from actions.tickets.states import load_states
from actions.tickets.store import Store
from actions.tickets.tables import tickets
from knowledge.normalise import normalise
from knowledge.places import TOWNS

ELSEWHERE = "未写明街道"


@dataclass(frozen=True)
class Queue:
    """One department; the empty name is the triage queue."""

    department: str
    open: int
    overdue: int
    today: int  # due before the end of the day, and not overdue
    urgent: int  # 加急
    states: dict[str, int]


@dataclass(frozen=True)
class Place:
    """Open tickets of one place; places of one town stand together, the fullest first."""

    town: str
    place: str
    open: int
    overdue: int
    numbers: tuple[str, ...]
    categories: tuple[str, ...]


class Queues:
    """Counts in one look at the ledger."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def all(self) -> tuple[Queue, ...]:
        """Whatever has nobody first, then the others by name."""
        rows, now = self._rows(), self._clock()
        names = sorted({row.department for row in rows} | {""})
        return tuple(_queue(name, [r for r in rows if r.department == name], now) for name in names)

    def places(self, department: str | None = None) -> tuple[Place, ...]:
        """Where they are; a place is what was written, apart from case, width and spaces."""
        now = self._clock()
        found: dict[tuple[str, str], list[Row[Any]]] = {}
        for row in self._rows():
            if department is None or row.department == department:
                key = normalise(row.place).replace(" ", "")
                found.setdefault((town_of(row.place), key), []).append(row)
        places = (_place(town, rows, now) for (town, _), rows in found.items())
        size: dict[str, int] = {}
        for (town, _), rows in found.items():
            size[town] = size.get(town, 0) + len(rows)
        order = sorted(places, key=lambda p: (p.town == ELSEWHERE, -size[p.town], p.town, -p.open, p.place))
        return tuple(order)

    def _rows(self) -> list[Row[Any]]:
        names = ("number", "department", "state", "due", "priority", "place", "category")
        query = select(*(tickets.c[name] for name in names)).where(
            tickets.c.state.in_(load_states().open_states), tickets.c.merged_into.is_(None)
        )
        with self._store.reading() as connection:
            return list(connection.execute(query.order_by(tickets.c.due)))


def town_of(place: str) -> str:
    """The town or street that a place names.

    >>> town_of("古林镇薛家村西头"), town_of("村口")
    ('古林', '未写明街道')
    """
    text = normalise(place)
    return next((town for town in sorted(TOWNS, key=len, reverse=True) if town in text), ELSEWHERE)


def end_of_day(now: datetime) -> datetime:
    """Midnight after ``now`` in the district."""
    return datetime.combine(now.astimezone(LOCAL).date() + timedelta(days=1), time(0), LOCAL)


def _queue(name: str, rows: Iterable[Row[Any]], now: datetime) -> Queue:
    states: dict[str, int] = {}
    rows = list(rows)
    for row in rows:
        states[row.state] = states.get(row.state, 0) + 1
    running = [row for row in rows if load_states().states[row.state].clock == "runs"]
    return Queue(
        department=name,
        open=len(rows),
        overdue=sum(row.due < now for row in running),
        today=sum(now <= row.due < end_of_day(now) for row in running),
        urgent=sum(row.priority is not None for row in rows),
        states=states,
    )


def _place(town: str, rows: list[Row[Any]], now: datetime) -> Place:
    return Place(
        town=town,
        place=rows[0].place,
        open=len(rows),
        overdue=sum(row.due < now and load_states().states[row.state].clock == "runs" for row in rows),
        numbers=tuple(row.number for row in rows),
        categories=tuple(sorted({row.category for row in rows})),
    )
