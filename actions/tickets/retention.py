"""Deletes what has been kept for as long as was promised: phone numbers of closed tickets, words of messages.

    retention.round()      # with the rounds over the deadlines, every minute; also right after a restart

Each phone number that goes leaves a line in its ticket's history. A number that comes back by restoring an older backup
goes again in the first round.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, update

from actions.tickets.book import Book
from actions.tickets.contacts import erase
from actions.tickets.records import SYSTEM
from actions.tickets.tables import contacts, outbox, tickets

log = logging.getLogger(__name__)
FILE = Path(__file__).with_name("retention.yml")
_EMPTY = "{}"


class Periods(BaseModel):
    """``retention.yml``. Days, and rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact_days: float = Field(gt=0)
    delivered_days: float = Field(gt=0)
    batch: int = Field(gt=0)

    @classmethod
    def load(cls) -> Periods:
        """The project's own. Raises pydantic's ValidationError, naming the entry."""
        return cls(**yaml.safe_load(FILE.read_text("utf-8")))


class Retention:
    """The round.

    :raises LedgerUnusable: from ``round``, when the ledger does not answer; what was done before is kept.
    """

    def __init__(self, book: Book, periods: Periods) -> None:
        self._book = book
        self._periods = periods

    def round(self) -> None:
        """Delete what is old enough by now."""
        dropped, delivered = sum(map(self._drop, self._closed())), self._forget_delivered()
        if dropped or delivered:
            log.info("retention: %d phone numbers and %d messages emptied", dropped, delivered)

    def _closed(self) -> list[str]:
        """Tickets that were closed long ago and still have a phone number."""
        ended = [name for name, state in self._book.life.states.items() if not state.open]
        before = self._book.clock() - timedelta(days=self._periods.contact_days)
        query = (
            select(tickets.c.number)
            .join(contacts, contacts.c.ticket_id == tickets.c.id)
            # One that was withdrawn has no date of closing.
            .where(tickets.c.state.in_(ended), func.coalesce(tickets.c.closed, tickets.c.updated) < before)
        )
        with self._book.store.reading() as connection:
            return list(connection.scalars(query.order_by(tickets.c.id).limit(self._periods.batch)))

    def _drop(self, number: str) -> bool:
        with self._book.writing() as connection:
            ticket = self._book.load(connection, number)
            if self._book.life.states[ticket.state].open or not erase(connection, ticket):
                return False  # somebody took it up again, or it is gone already
            details = {"reason": f"结案满 {self._periods.contact_days:g} 天"}
            self._book.apply(connection, ticket, "drop_contact", SYSTEM, {}, details)
        return True

    def _forget_delivered(self) -> int:
        """The rows stay: that a message was sent must be known, else it would be sent again."""
        before = self._book.clock() - timedelta(days=self._periods.delivered_days)
        old = select(outbox.c.id).where(outbox.c.delivered_at < before, outbox.c.body != _EMPTY)
        with self._book.writing() as connection:
            ids = old.limit(self._periods.batch)
            done = connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(body=_EMPTY))
        return int(done.rowcount)
