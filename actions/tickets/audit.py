"""Checks the whole history against its signatures and the tickets against their history.

    report = Audit(store, chain).verify()
    report.findings        # () when nobody touched anything

Every finding names a position in the history or a ticket. Only somebody with LEDGER_KEY could change something without
a finding; whoever puts back an older copy of the whole database is found out by ``expected``, noted down elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from actions.tickets.chain import GENESIS, LATEST, Chain
from actions.tickets.links import Finding, Linked, raw
from actions.tickets.store import Store
from actions.tickets.tables import anchors, history, seals, tickets
from actions.tickets.ticket import digest


@dataclass(frozen=True)
class Verdict:
    """The length and head of the chain, and what is wrong with it."""

    length: int
    head: str
    findings: tuple[Finding, ...]


class Audit:
    """Reads everything once."""

    def __init__(self, store: Store, chain: Chain) -> None:
        self._store = store
        self._chain = chain

    def verify(self, expected: str = "") -> Verdict:
        """Look at every row.

        :param expected: ``"LENGTH:HEAD"`` of an earlier run, noted outside the database
        """
        with self._store.reading() as connection:
            rows = list(connection.execute(raw(history).order_by(history.c.position)))
            found = self.findings(connection, rows)
        found += _expected(rows, expected)
        length, head = (rows[-1].position, rows[-1].hash) if rows else (0, GENESIS)
        return Verdict(length, head, tuple(found))

    def findings(self, connection: Connection, rows: list[Row[Any]]) -> list[Finding]:
        """What is wrong at the moment of this transaction.

        :param rows: all of the history, as ``links.raw`` reads it
        """
        made = list(connection.execute(raw(seals).order_by(seals.c.position)))
        linked = Linked(self._chain, rows, made).findings()
        return [*linked, *self._anchors(connection, rows), *_tickets(connection, rows)]

    def _anchors(self, connection: Connection, rows: list[Row[Any]]) -> Iterator[Finding]:
        kept = {row.day: row for row in connection.execute(select(anchors))}
        hashes = {row.position: row.hash for row in rows}
        last = rows[-1].position if rows else 0
        if last and LATEST not in kept:
            yield Finding(0, "链尾的锚不见了")
        for day, anchor in kept.items():
            if anchor.signature != self._chain.sign_anchor(day, anchor.length, anchor.head):
                yield Finding(0, f"锚 {day} 的签名不符：它被改动过")
            elif anchor.length > last:
                yield Finding(last + 1, f"第 {last + 1}–{anchor.length} 行不见了（锚 {day}）")
            elif anchor.length in hashes and hashes[anchor.length] != anchor.head:
                yield Finding(anchor.length, f"与锚 {day} 不符")
            elif day == LATEST and anchor.length < last:
                yield Finding(anchor.length + 1, f"第 {anchor.length + 1}–{last} 行不在锚里：后来插入")


def _tickets(connection: Connection, rows: list[Row[Any]]) -> Iterator[Finding]:
    counts = Counter(row.ticket_id for row in rows)
    last = {row.ticket_id: row for row in rows}
    for ticket in connection.execute(raw(tickets).order_by(tickets.c.id)):
        if counts.pop(ticket.id, 0) != ticket.version:
            yield Finding(0, f"工单 {ticket.number} 是第 {ticket.version} 版，与历史的行数不符")
        if ticket.id not in last or last[ticket.id].ticket_digest != digest(ticket._asdict()):
            yield Finding(0, f"工单 {ticket.number} 的内容与历史不符：绕过历史改动过")
    for number in counts:
        yield Finding(0, f"历史里有编号 {number} 的工单，工单表里没有")


def _expected(rows: list[Row[Any]], expected: str) -> Iterator[Finding]:
    if not expected:
        return
    length, _, head = expected.partition(":")
    at = next((row.hash for row in rows if str(row.position) == length), None)
    if at != head:
        yield Finding(int(length) if length.isdigit() else 0, "与另外记下的链头不符：历史被换成了别的")
