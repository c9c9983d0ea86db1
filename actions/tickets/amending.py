"""A report that was filed, its receipt lost on the way, and confirmed again with something put right.

The ticket gets what the reporter has confirmed last; the history keeps what stood before.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from actions.tickets.book import Book
from actions.tickets.contacts import Contacts
from actions.tickets.records import RESIDENT, Report
from actions.tickets.ticket import Ticket

_FIELDS = ("problem", "place", "since", "lat", "long")
CONTACT = "contact"


@dataclass(frozen=True)
class Amender:
    """Compares a report with the ticket that was made of it, and puts the ticket right."""

    book: Book
    contacts: Contacts

    def differences(self, connection: Connection, ticket: Ticket, report: Report) -> tuple[str, ...]:
        """The fields in which the report says something else; the report has been checked."""
        changed = [name for name in _FIELDS if getattr(report, name) != getattr(ticket, name)]
        if self.contacts.of(connection, ticket) != report.contact:
            changed.append(CONTACT)
        return tuple(changed)

    def amend(
        self, connection: Connection, ticket: Ticket, report: Report, changed: tuple[str, ...]
    ) -> Ticket:
        """Write it down; the department is told by the listeners.

        :raises MoveRefused: when the ticket is no longer open
        """
        values = {name: getattr(report, name) for name in changed if name != CONTACT}
        before = {name: getattr(ticket, name) for name in values}
        details = {"changed": list(changed), "before": before}
        after = self.book.apply(connection, ticket, "amend", RESIDENT, values, details)
        if CONTACT in changed:
            self.contacts.exchange(connection, after, report.contact)
        return after
