"""统一受理: one report becomes one ticket, once, with everything it needs, in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from actions.tickets.book import Book
from actions.tickets.clocks import Clocks
from actions.tickets.contacts import Contacts
from actions.tickets.errors import LedgerBusy
from actions.tickets.numbers import draw_code, draw_number
from actions.tickets.records import RESIDENT, SYSTEM, Classify, Receipt, Report, Triage
from actions.tickets.reports import checked, checked_key
from actions.tickets.sealing import Sealer
from actions.tickets.tables import idempotency, tickets
from actions.tickets.ticket import Ticket

_DRAWS = 200  # a day with 90,000 tickets still finds a free number at the first few draws
_OPERATION = "file"


@dataclass(frozen=True)
class Filing:
    """Takes reports in.

    :param classify: decides where a report belongs; slow (it encodes), so it runs before the transaction
    """

    book: Book
    sealer: Sealer
    classify: Classify
    clocks: Clocks
    contacts: Contacts

    def file(self, report: Report, key: str) -> Receipt:
        """Commit a report.

        :raises ReportInvalid: when it cannot be taken as it is
        """
        report = checked(report)
        blind = self.book.chain.blind(_OPERATION, checked_key(key))
        with self.book.store.reading() as connection:
            known = self._known(connection, blind)
        if known:
            return self._receipt(known, again=True)
        triage = self.classify(report)
        with self.book.writing() as connection:
            known = self._known(connection, blind)
            if known:
                return self._receipt(known, again=True)
            ticket = self._write(connection, report, triage, blind)
        return self._receipt(ticket, again=False)

    def _write(self, connection: Connection, report: Report, triage: Triage, blind: str) -> Ticket:
        at = self.book.clock()
        values = self._values(report, triage, _free_number(connection, at), at)
        ticket = self.book.begin(connection, values, RESIDENT, _details(report))
        done = {"operation": _OPERATION, "key": blind, "ticket_id": ticket.id, "at": at}
        connection.execute(insert(idempotency), done)
        if report.contact:
            self.contacts.keep(connection, ticket, report.contact)
        if triage.department:
            details = {"department": triage.department, "confidence": round(float(triage.confidence), 4)}
            changes = {"department": triage.department}
            ticket = self.book.apply(connection, ticket, "assign", SYSTEM, changes, details)
        return ticket

    def _values(self, report: Report, triage: Triage, number: str, at: datetime) -> dict[str, Any]:
        kind = report.kind or triage.kind
        due = self.clocks.first(triage.category, kind, at)
        kept = ("problem", "place", "since", "lat", "long", "mood", "language", "channel", "session")
        return {
            **{name: getattr(report, name) for name in kept},
            "callback": report.callback,
            "number": number,
            "code": self.sealer.seal(draw_code(), number),
            "version": 1,
            "state": self.book.life.after("file", "", "", "resident"),
            "state_before": "",
            "kind": kind,
            "category": triage.category,
            "department": "",
            "confidence": float(triage.confidence),
            "created": at,
            "updated": at,
            "clock_start": at,
            "due": due.at,
            "provisional": due.provisional,
            "extension_days": 0,
            "reply": "",
            "urged": 0,
            "reopened": 0,
        }

    def _known(self, connection: Connection, blind: str) -> Ticket | None:
        query = select(tickets).join(idempotency, idempotency.c.ticket_id == tickets.c.id)
        query = query.where(idempotency.c.operation == _OPERATION, idempotency.c.key == blind)
        row = connection.execute(query).first()
        return Ticket.from_row(row) if row else None

    def _receipt(self, ticket: Ticket, again: bool) -> Receipt:
        return Receipt(
            number=ticket.number,
            code=self.sealer.open(ticket.code, ticket.number),
            state=ticket.state,
            category=ticket.category,
            department=ticket.department,
            due=ticket.due,
            provisional=ticket.provisional,
            created=ticket.created,
            again=again,
        )


def _free_number(connection: Connection, day: datetime) -> str:
    for _ in range(_DRAWS):
        number = draw_number(day)
        if not connection.execute(select(tickets.c.id).where(tickets.c.number == number)).first():
            return number
    raise LedgerBusy(f"{day:%Y-%m-%d} 的单号几乎用完了：没有登记，请拨打 81890")


def _details(report: Report) -> str:
    kept = {"channel": report.channel, "contact": bool(report.contact), "mood": report.mood}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)
