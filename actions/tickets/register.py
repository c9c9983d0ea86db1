"""Reads the ledger for operators, for Open311 and for the command line. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from actions.tickets.errors import NotFound
from actions.tickets.numbers import tidy_number
from actions.tickets.store import Store
from actions.tickets.tables import history, tickets
from actions.tickets.ticket import Ticket


@dataclass(frozen=True)
class Event:
    """One line of a ticket's history. ``details`` may hold internal notes: for operators only."""

    position: int
    version: int
    at: datetime
    actor: str
    role: str
    move: str
    state: str
    public: bool
    details: dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which tickets; None or empty means all of them."""

    states: Collection[str] = ()
    departments: Collection[str] | None = None  # {""} is the triage queue
    categories: Collection[str] = ()
    numbers: Collection[str] = ()
    channels: Collection[str] = ()
    since: datetime | None = None  # created then or later
    until: datetime | None = None
    overdue_at: datetime | None = None


class Register:
    """Looks at one moment of the ledger."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, number: str) -> Ticket:
        """One ticket by its number alone. Raises NotFound."""
        with self._store.reading() as connection:
            row = connection.execute(select(tickets).where(tickets.c.number == tidy_number(number))).first()
        if row is None:
            raise NotFound
        return Ticket.from_row(row)

    def list(self, wanted: Wanted, most: int = 200, skip: int = 0) -> tuple[Ticket, ...]:
        """Tickets, newest first."""
        query = select(tickets).where(*_conditions(wanted)).order_by(tickets.c.id.desc())
        with self._store.reading() as connection:
            rows = connection.execute(query.limit(most).offset(skip))
            return tuple(Ticket.from_row(row) for row in rows)

    def events(self, ticket: Ticket) -> tuple[Event, ...]:
        """Its history, oldest first."""
        query = select(history).where(history.c.ticket_id == ticket.id).order_by(history.c.version)
        with self._store.reading() as connection:
            return tuple(
                Event(
                    row.position,
                    row.version,
                    row.at,
                    row.actor,
                    row.role,
                    row.move,
                    row.state_to,
                    row.public,
                    json.loads(row.details),
                )
                for row in connection.execute(query)
            )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = tickets.c
    found: list[ColumnElement[bool]] = []
    for values, column in (
        (wanted.states, columns.state),
        (wanted.categories, columns.category),
        (wanted.numbers, columns.number),
        (wanted.channels, columns.channel),
        (wanted.departments, columns.department),
    ):
        if values:
            found.append(column.in_(list(values)))
    if wanted.since is not None:
        found.append(columns.created >= wanted.since)
    if wanted.until is not None:
        found.append(columns.created <= wanted.until)
    if wanted.overdue_at is not None:
        found += [columns.due < wanted.overdue_at, columns.closed.is_(None)]
    return found
