"""Phone numbers: kept sealed, opened for one person at a time, and every look stands in the history."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from actions.tickets.book import Book
from actions.tickets.envelope import reseal
from actions.tickets.errors import ReportInvalid
from actions.tickets.records import Actor
from actions.tickets.reports import checked_words
from actions.tickets.sealing import Sealer
from actions.tickets.tables import contacts, tickets
from actions.tickets.ticket import Ticket

_BATCH = 200


def erase(connection: Connection, ticket: Ticket) -> bool:
    """Delete the contact of a ticket; whether there was one. What happened is for the caller to write down."""
    done = connection.execute(delete(contacts).where(contacts.c.ticket_id == ticket.id))
    return done.rowcount > 0


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

    def of(self, connection: Connection, ticket: Ticket) -> str:
        """The contact in clear, for comparing and never for showing; empty when there is none."""
        row = connection.execute(select(contacts).where(contacts.c.ticket_id == ticket.id)).first()
        return self._sealer.open(row.sealed, ticket.number) if row else ""

    def held(self, found: Collection[Ticket]) -> frozenset[str]:
        """The numbers of those tickets that have a contact."""
        numbers = {ticket.id: ticket.number for ticket in found}
        query = select(contacts.c.ticket_id).where(contacts.c.ticket_id.in_(list(numbers)))
        with self._book.store.reading() as connection:
            return frozenset(numbers[id_] for id_ in connection.scalars(query))

    def numbers_with(self, numbers: Collection[str]) -> frozenset[str]:
        """Those of the ticket numbers that have a contact."""
        query = select(tickets.c.number).join(contacts, contacts.c.ticket_id == tickets.c.id)
        with self._book.store.reading() as connection:
            return frozenset(connection.scalars(query.where(tickets.c.number.in_(list(numbers)))))

    def exchange(self, connection: Connection, ticket: Ticket, contact: str) -> None:
        """What the reporter says now: another number, or none any more."""
        erase(connection, ticket)
        if contact:
            self.keep(connection, replace(ticket, created=ticket.updated), contact)

    def reveal(self, number: str, actor: Actor, reason: str) -> str:
        """The contact in clear; empty when none was left.

        :raises ReportInvalid: without a reason
        """
        reason = checked_words("reason", reason, 200)
        if not reason:
            raise ReportInvalid("reason 是空的：查看联系电话要写明理由")
        with self._book.writing() as connection:
            ticket = self._book.load(connection, number)
            contact = self.of(connection, ticket)
            self._book.apply(connection, ticket, "reveal", actor, {}, {"reason": reason})
        return contact

    def reseal(self) -> int:
        """Encrypt what older keys encrypted, contacts, query codes and messages, with the present one; returns how many.

        :raises KeyMissing: when an older key is not here; what was done until then stays done
        """
        done = 0
        while changed := self._reseal_contacts() + self._reseal_codes() + self._reseal_letters():
            done += changed
        return done

    def left(self) -> int:
        """How many contacts and codes still need an older key."""
        counted = [
            select(func.count()).select_from(old.subquery()) for old in (self._contacts(), self._codes())
        ]
        with self._book.store.reading() as connection:
            return sum(connection.scalar(count) or 0 for count in counted)

    def _contacts(self) -> Select[Any]:
        query = select(contacts, tickets.c.number).join(tickets, tickets.c.id == contacts.c.ticket_id)
        return query.where(contacts.c.key_id != self._sealer.current)

    def _codes(self) -> Select[Any]:
        query = select(tickets.c.id, tickets.c.number, tickets.c.code)
        return query.where(~tickets.c.code.startswith(f"{self._sealer.current}."))

    def _reseal_contacts(self) -> int:
        with self._book.writing() as connection:
            rows = connection.execute(self._contacts().limit(_BATCH)).all()
            for row in rows:
                values = {"key_id": self._sealer.current, "sealed": self._anew(row.sealed, row.number)}
                connection.execute(
                    update(contacts).where(contacts.c.ticket_id == row.ticket_id).values(values)
                )
        return len(rows)

    def _reseal_codes(self) -> int:
        with self._book.writing() as connection:
            rows = connection.execute(self._codes().limit(_BATCH)).all()
            for row in rows:
                code = self._anew(row.code, row.number)
                connection.execute(update(tickets).where(tickets.c.id == row.id).values(code=code))
        return len(rows)

    def _reseal_letters(self) -> int:
        with self._book.writing() as connection:
            return reseal(connection, self._sealer, _BATCH)

    def _anew(self, sealed: str, number: str) -> str:
        return self._sealer.seal(self._sealer.open(sealed, number), number)
