"""Phone numbers: kept sealed, opened for one person at a time, and every look stands in the history."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select, update

from actions.tickets.book import Book
from actions.tickets.errors import ReportInvalid
from actions.tickets.records import Actor
from actions.tickets.reports import checked_words
from actions.tickets.sealing import Sealer
from actions.tickets.tables import contacts, tickets
from actions.tickets.ticket import Ticket

_BATCH = 200


class Contacts:
    """Seals and opens. ``consent`` has been checked before anything comes here."""

    def __init__(self, book: Book, sealer: Sealer) -> None:
        self._book = book
        self._sealer = sealer

    def keep(self, connection: Connection, ticket: Ticket, contact: str) -> None:
        """Store the contact of a new ticket."""
        row = {
            "ticket_id": ticket.id,
            "key_id": self._sealer.current,
            "sealed": self._sealer.seal(contact, ticket.number),
            "consent_at": ticket.created,
        }
        connection.execute(insert(contacts), row)

    def reveal(self, number: str, actor: Actor, reason: str) -> str:
        """The contact in clear; empty when none was left.

        :raises ReportInvalid: without a reason
        """
        reason = checked_words("reason", reason, 200)
        if not reason:
            raise ReportInvalid("reason 是空的：查看联系电话要写明理由")
        with self._book.writing() as connection:
            ticket = self._book.load(connection, number)
            row = connection.execute(select(contacts).where(contacts.c.ticket_id == ticket.id)).first()
            contact = self._sealer.open(row.sealed, ticket.number) if row else ""
            self._book.apply(connection, ticket, "reveal", actor, {}, {"reason": reason})
        return contact

    def reseal(self) -> int:
        """Encrypt what older keys encrypted with the present one; returns how many were.

        :raises KeyMissing: when an older key is not here; what was done until then stays done
        """
        done = 0
        while changed := self._reseal_some():
            done += changed
        return done

    def left(self) -> int:
        """How many contacts still need an older key."""
        old = select(func.count()).select_from(contacts).where(contacts.c.key_id != self._sealer.current)
        with self._book.store.reading() as connection:
            return connection.scalar(old) or 0

    def _reseal_some(self) -> int:
        query = select(contacts, tickets.c.number).join(tickets, tickets.c.id == contacts.c.ticket_id)
        query = query.where(contacts.c.key_id != self._sealer.current).limit(_BATCH)
        with self._book.writing() as connection:
            rows = connection.execute(query).all()
            for row in rows:
                sealed = self._sealer.seal(self._sealer.open(row.sealed, row.number), row.number)
                changed = update(contacts).where(contacts.c.ticket_id == row.ticket_id)
                connection.execute(changed.values(key_id=self._sealer.current, sealed=sealed))
        return len(rows)
