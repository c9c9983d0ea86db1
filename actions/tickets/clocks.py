"""Keeps a ticket's due date in step with what happens to it: pauses, extensions, a new term after 不满意."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, func, insert, select, update

from actions.tickets.records import Deadline, Due, Pause
from actions.tickets.tables import extensions, pauses
from actions.tickets.ticket import Ticket


class Terms(Deadline, Protocol):
    """The deadline rules: when something is due, and what may be asked in addition."""

    def extension(self, days: int, due: datetime, granted: int) -> int:
        """``days``, if they may be asked for now. Raises ExtensionRefused."""
        ...


class Clocks:
    """Asks the deadline rules; writes pauses and extensions."""

    def __init__(self, deadline: Terms, clock: Callable[[], datetime]) -> None:
        self._deadline = deadline
        self._clock = clock

    def first(self, category: str, kind: str, start: datetime) -> Due:
        """When a new ticket is due."""
        return self._deadline(category, kind, start)

    def due(self, connection: Connection, ticket: Ticket, **other: Any) -> dict[str, Any]:
        """The columns ``due`` and ``provisional`` by the present rules.

        :param other: ``category``, ``kind`` or ``extension_days`` where they are about to change
        """
        found = self._deadline(
            other.get("category", ticket.category),
            other.get("kind", ticket.kind),
            ticket.clock_start,
            pauses=self.pauses(connection, ticket),
            extension=other.get("extension_days", ticket.extension_days),
            again=ticket.reopened > 0,
        )
        return {"due": found.at, "provisional": found.provisional}

    def restarted(self, ticket: Ticket) -> dict[str, Any]:
        """The columns of a ticket that is taken up again: the clock starts now, with less time."""
        start = self._clock()
        due = self._deadline(ticket.category, ticket.kind, start, again=True)
        return {
            "clock_start": start,
            "due": due.at,
            "provisional": due.provisional,
            "extension_days": 0,
            "reopened": ticket.reopened + 1,
            "closed": None,
            "merged_into": None,
        }

    def pause(self, connection: Connection, ticket: Ticket, reason: str) -> None:
        """The clock stands still from now on."""
        row = {"ticket_id": ticket.id, "started": self._clock(), "ended": None, "reason": reason}
        connection.execute(insert(pauses), row)

    def resume(self, connection: Connection, ticket: Ticket) -> None:
        """It runs again; nothing happens to one that runs."""
        standing = update(pauses).where(pauses.c.ticket_id == ticket.id, pauses.c.ended.is_(None))
        connection.execute(standing.values(ended=self._clock()))

    def ask(self, connection: Connection, ticket: Ticket, days: int, reason: str) -> None:
        """Write down that more working days are asked for.

        :raises ExtensionRefused: when it is late, too long, or one too many
        """
        granted = (
            select(func.count())
            .select_from(extensions)
            .where(
                extensions.c.ticket_id == ticket.id,
                extensions.c.granted.is_(True),
                extensions.c.asked >= ticket.clock_start,
            )
        )
        days = self._deadline.extension(days, ticket.due, connection.scalar(granted) or 0)
        row = {"ticket_id": ticket.id, "asked": self._clock(), "days": days, "reason": reason}
        connection.execute(insert(extensions), row)

    def decide(self, connection: Connection, ticket: Ticket, granted: bool) -> int:
        """Write down what became of the extension that is waiting; returns its working days."""
        waiting = extensions.c.ticket_id == ticket.id, extensions.c.decided.is_(None)
        days = connection.scalar(select(extensions.c.days).where(*waiting))
        connection.execute(update(extensions).where(*waiting).values(decided=self._clock(), granted=granted))
        return days or 0

    def pauses(self, connection: Connection, ticket: Ticket) -> list[Pause]:
        """Pauses of the present term, oldest first."""
        query = select(pauses).where(pauses.c.ticket_id == ticket.id, pauses.c.started >= ticket.clock_start)
        rows = connection.execute(query.order_by(pauses.c.id))
        return [Pause(row.started, row.ended, row.reason) for row in rows]
