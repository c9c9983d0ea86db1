"""Reads the ledger for operators, for Open311 and for the command line. Writes nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from actions.tickets.errors import NotFound
from actions.tickets.numbers import tidy_number
from actions.tickets.store import Store
from actions.tickets.tables import history, tickets
from actions.tickets.ticket import Ticket
from actions.tickets.wanted import Wanted, conditions

__all__ = ["Event", "Register", "Wanted"]


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

    def list(
        self, wanted: Wanted, most: int = 200, skip: int = 0, urgent_first: bool = False
    ) -> tuple[Ticket, ...]:
        """Tickets, newest first; or 加急 first and then by due date."""
        by = (tickets.c.priority.is_(None), tickets.c.due, tickets.c.id) if urgent_first else ()
        query = select(tickets).where(*conditions(wanted)).order_by(*(by or (tickets.c.id.desc(),)))
        with self._store.reading() as connection:
            rows = connection.execute(query.limit(most).offset(skip))
            return tuple(Ticket.from_row(row) for row in rows)

    def count(self, wanted: Wanted) -> int:
        """How many there are."""
        query = select(func.count()).select_from(tickets).where(*conditions(wanted))
        with self._store.reading() as connection:
            return connection.scalar(query) or 0

    def number_of(self, id_: int) -> str:
        """The number of a ticket that another one names by id. Raises NotFound."""
        with self._store.reading() as connection:
            number = connection.scalar(select(tickets.c.number).where(tickets.c.id == id_))
        if number is None:
            raise NotFound
        return str(number)

    def following(self, ticket: Ticket) -> tuple[str, ...]:
        """Numbers of the tickets that were merged into this one, oldest first."""
        query = select(tickets.c.number).where(tickets.c.merged_into == ticket.id).order_by(tickets.c.id)
        with self._store.reading() as connection:
            return tuple(connection.scalars(query))

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
