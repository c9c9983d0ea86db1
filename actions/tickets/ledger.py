"""The desk for residents: files, looks up, urges, withdraws, rates. Implements ``records.Reception``.

reception = build_reception(settings)                       # actions.bootstrap
receipt = reception.file(Report(problem="路灯不亮", place="甲路"), key="conversation-1/draft-1")
reception.look_up(receipt.number, code=receipt.code).state
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from actions.privacy import mask
from actions.tickets.access import Access
from actions.tickets.book import Book
from actions.tickets.clocks import Clocks
from actions.tickets.contacts import erase
from actions.tickets.filing import Filing
from actions.tickets.merging import promote
from actions.tickets.records import RESIDENT, PublicTicket, Receipt, Report
from actions.tickets.reports import checked_words
from actions.tickets.tables import feedback, tickets
from actions.tickets.ticket import Ticket

_LATEST = 50  # tickets of one session that are shown


class Ledger:
    """Every call is one committed transaction; see ``records.Reception``."""

    def __init__(self, book: Book, access: Access, filing: Filing, clocks: Clocks) -> None:
        self._book = book
        self._once = filing.once
        self._access = access
        self._filing = filing
        self._clocks = clocks

    def file(self, report: Report, key: str) -> Receipt:
        """Commit a report, once for each ``key``."""
        return self._filing.file(report, key)

    def file_or_amend(self, report: Report, key: str) -> Receipt:
        """The same; where it was filed already and says something else now, the ticket is put right."""
        return self._filing.file_or_amend(report, key)

    def look_up(self, number: str, *, code: str = "", session: str = "") -> PublicTicket:
        """One ticket, for who knows its code or filed it in this session."""
        return self._access.find(number, code, session).public()

    def of_session(self, session: str) -> tuple[PublicTicket, ...]:
        """Tickets filed in a session, newest first."""
        if not session:
            return ()
        query = select(tickets).where(tickets.c.session == session)
        with self._book.store.reading() as connection:
            rows = connection.execute(query.order_by(tickets.c.id.desc()).limit(_LATEST))
            return tuple(Ticket.from_row(row).public() for row in rows)

    def urge(self, number: str, key: str, *, code: str = "", session: str = "") -> PublicTicket:
        """Record that the resident presses for it."""
        found = self._access.find(number, code, session)
        with self._book.writing() as connection:
            ticket = self._book.load(connection, found.number)
            if self._once.first(connection, "urge", ticket, key):
                changes = {"urged": ticket.urged + 1}
                ticket = self._book.apply(connection, ticket, "urge", RESIDENT, changes)
            return ticket.public()

    def withdraw(self, number: str, key: str, *, code: str = "", session: str = "") -> PublicTicket:
        """Take it back; reports that were merged into it go on without it."""
        found = self._access.find(number, code, session)
        with self._book.writing() as connection:
            ticket = self._book.load(connection, found.number)
            if self._once.first(connection, "withdraw", ticket, key):
                promote(connection, self._book, ticket)
                self._clocks.resume(connection, ticket)
                changes = {"state_before": "", "merged_into": None}
                ticket = self._book.apply(connection, ticket, "withdraw", RESIDENT, changes)
            return ticket.public()

    def drop_contact(self, number: str, *, code: str = "", session: str = "") -> bool:
        """Consent is withdrawn: the phone number is deleted at once; whether there was one. Twice changes nothing."""
        found = self._access.find(number, code, session)
        with self._book.writing() as connection:
            ticket = self._book.load(connection, found.number)
            if held := erase(connection, ticket):
                self._book.apply(connection, ticket, "drop_contact", RESIDENT, {}, {"reason": "居民撤回同意"})
        return held

    def rate(
        self, number: str, score: str, words: str, key: str, *, code: str = "", session: str = ""
    ) -> PublicTicket:
        """Record what the resident says after 办结; 不满意 starts a new, shorter term."""
        move = self._book.life.score(score)
        words = mask(checked_words("words", words, 500))
        found = self._access.find(number, code, session)
        with self._book.writing() as connection:
            ticket = self._book.load(connection, found.number)
            if not self._once.first(connection, "rate", ticket, key):
                return ticket.public()
            changes: dict[str, Any] = {"solved": move == "settle"}
            if move == "dispute":
                changes |= self._clocks.restarted(ticket)
            details = {"score": score, "words": words}
            ticket = self._book.apply(connection, ticket, move, RESIDENT, changes, details)
            row = {"ticket_id": ticket.id, "at": ticket.updated, **details}
            connection.execute(insert(feedback), row)
            return ticket.public()

    def supply(self, number: str, words: str, key: str, *, code: str = "", session: str = "") -> PublicTicket:
        """What the reporter adds to a ticket that waits for it; its clock goes on."""
        words = mask(checked_words("words", words, 500))
        found = self._access.find(number, code, session)
        with self._book.writing() as connection:
            ticket = self._book.load(connection, found.number)
            if self._once.first(connection, "supply", ticket, key):
                self._book.life.after("supply", ticket.state, ticket.state_before, RESIDENT.role)
                self._clocks.resume(connection, ticket)
                changes = {"state_before": "", **self._clocks.due(connection, ticket)}
                ticket = self._book.apply(connection, ticket, "supply", RESIDENT, changes, {"words": words})
            return ticket.public()
