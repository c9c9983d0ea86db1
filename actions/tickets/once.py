"""Requests that are carried out once, however often they come.

with book.writing() as connection:
    if once.first(connection, "urge", ticket, key):
        ...                                    # the note that it was done is kept with what is done here
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, insert, select

from actions.tickets.chain import Chain
from actions.tickets.reports import checked_key
from actions.tickets.tables import idempotency
from actions.tickets.ticket import Ticket


class Once:
    """Remembers keys without keeping them: only what LEDGER_KEY makes of them is stored."""

    def __init__(self, chain: Chain, clock: Callable[[], datetime]) -> None:
        self._chain = chain
        self._clock = clock

    def first(self, connection: Connection, operation: str, ticket: Ticket, key: str) -> bool:
        """Whether this has not been done to this ticket under this key; from now on it has.

        :raises ReportInvalid: for a key that is empty or too long
        """
        purpose = f"{operation}:{ticket.number}"
        if self.done_to(connection, operation, purpose, key) is not None:
            return False
        self.note(connection, operation, purpose, key, ticket.id)
        return True

    def done_to(self, connection: Connection, operation: str, purpose: str, key: str) -> int | None:
        """The id of the ticket that the key was used for; None: it was not used yet."""
        names = self._chain.blinds(purpose, checked_key(key))
        known = select(idempotency.c.ticket_id).where(
            idempotency.c.operation == operation, idempotency.c.key.in_(names)
        )
        found: int | None = connection.scalar(known)
        return found

    def note(self, connection: Connection, operation: str, purpose: str, key: str, ticket_id: int) -> None:
        """Write down that it was done."""
        name = self._chain.blinds(purpose, checked_key(key))[0]
        row = {"operation": operation, "key": name, "ticket_id": ticket_id, "at": self._clock()}
        connection.execute(insert(idempotency), row)
