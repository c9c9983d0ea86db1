"""统一受理: one report becomes one ticket, once, with everything it needs, in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from actions.tickets.amending import Amender
from actions.tickets.book import Book
from actions.tickets.clocks import Clocks
from actions.tickets.contacts import Contacts
from actions.tickets.errors import LedgerBusy, ReportInvalid
from actions.tickets.numbers import draw_code, draw_number
from actions.tickets.once import Once
from actions.tickets.records import RESIDENT, SYSTEM, Classify, Receipt, Report, Triage
from actions.tickets.reports import checked, checked_key
from actions.tickets.sealing import Sealer
from actions.tickets.tables import tickets
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
    amender: Amender
    once: Once

    def file(self, report: Report, key: str) -> Receipt:
        """Commit a report.

        :raises ReportInvalid: when it cannot be taken as it is, or the key was used for another one
        """
        return self._file(report, key, amends=False)

    def file_or_amend(self, report: Report, key: str) -> Receipt:
        """Commit a report, or put right the ticket that was made of it under this key.

        :raises ReportInvalid: when it cannot be taken as it is
        :raises MoveRefused: when the ticket is no longer open
        """
        return self._file(report, key, amends=True)

    def _file(self, report: Report, key: str, amends: bool) -> Receipt:
        report, key = checked(report), checked_key(key)
        with self.book.store.reading() as connection:
            known = self._known(connection, key)
            if known and not self.amender.differences(connection, known, report):
                return self._receipt(known, again=True)
        triage = None if known else self.classify(report)
        with self.book.writing() as connection:
            known = self._known(connection, key)
            if known:
                return self._again(connection, known, report, amends)
            ticket = self._write(connection, report, triage or self.classify(report), key)
        return self._receipt(ticket)

    def _again(self, connection: Connection, ticket: Ticket, report: Report, amends: bool) -> Receipt:
        changed = self.amender.differences(connection, ticket, report)
        if changed and not amends:
            names = "、".join(changed)
            raise ReportInvalid(f"这个 key 登记过别的内容（{names} 不同）：另一件事要用另一个 key")
        if changed:
            ticket = self.amender.amend(connection, ticket, report, changed)
        return self._receipt(ticket, again=True, amended=changed)

    def _write(self, connection: Connection, report: Report, triage: Triage, key: str) -> Ticket:
        at = self.book.clock()
        values = self._values(report, triage, _free_number(connection, at), at)
        ticket = self.book.begin(connection, values, RESIDENT, _details(report))
        self.once.note(connection, _OPERATION, _OPERATION, key, ticket.id)
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

    def _known(self, connection: Connection, key: str) -> Ticket | None:
        found = self.once.done_to(connection, _OPERATION, _OPERATION, key)
        row = connection.execute(select(tickets).where(tickets.c.id == found)).first() if found else None
        return Ticket.from_row(row) if row else None

    def _receipt(self, ticket: Ticket, again: bool = False, amended: tuple[str, ...] = ()) -> Receipt:
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
            amended=amended,
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
