"""The one place where every operator's act is recorded: signed in, revealed a number, took over a chat, published.

    acts.record(connection, operator, "chat_taken", "web-3f…", {"epoch": 4})   # inside the transaction of what it tells
    acts.write(operator, "export", "tickets", {"rows": 20})                    # where there is no such transaction

``kind`` is lower-case English, ``subject`` says on what (a ticket's number, a conversation, an entry), ``details`` holds
plain JSON values and never a resident's words, a number or a secret. Moves of tickets need no act of their own: the
ticket's history is chained already. Rows are chained and signed like the tickets' history, and ``tickets audit
verify`` checks both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, insert, select, type_coerce, update

from actions.accounts.errors import AccountInvalid
from actions.accounts.records import Act, Operator
from actions.accounts.tables import acts, acts_head
from actions.tickets.audit import Verdict
from actions.tickets.chain import GENESIS, Chain
from actions.tickets.errors import LedgerUnusable
from actions.tickets.links import Finding
from actions.tickets.moment import Moment, written
from actions.tickets.store import Store

SYSTEM = Operator(0, "system", "系统", frozenset({"admin"}))
COMMAND_LINE = Operator(0, "cli", "命令行", frozenset({"admin"}))
MAX_DETAILS = 4000
_SIGNED = ("position", "at", "operator", "name", "kind", "subject", "details", "previous")


class Acts:
    """Writes and checks the record."""

    def __init__(self, store: Store, chain: Chain, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._chain = chain
        self._clock = clock

    def record(
        self,
        connection: Connection,
        by: Operator,
        kind: str,
        subject: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a row inside a transaction of ``Store.writing``.

        :raises AccountInvalid: when a value is too long to be kept whole
        """
        text = json.dumps(details or {}, ensure_ascii=False, sort_keys=True)
        if not kind or len(kind) > 40 or len(subject) > 120 or len(text) > MAX_DETAILS:
            raise AccountInvalid(f"记录「{kind[:40]}」太长：对象至多 120 字，细节至多 {MAX_DETAILS} 字")
        self._chain.seal(connection)  # a process with an older key signs nothing any more
        last = connection.execute(
            select(acts.c.position, acts.c.hash).order_by(acts.c.position.desc()).limit(1)
        ).first()
        position, previous = (last.position + 1, last.hash) if last else (1, GENESIS)
        row = dict(
            zip(
                _SIGNED, (position, self._clock(), by.id, by.name, kind, subject, text, previous), strict=True
            )
        )
        hashed = self._sign(row)
        connection.execute(insert(acts), {**row, "hash": hashed})
        self._move_head(connection, position, hashed)

    def write(
        self, by: Operator, kind: str, subject: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """The same in a transaction of its own. Raises LedgerUnusable beside AccountInvalid."""
        with self._store.writing() as connection:
            self.record(connection, by, kind, subject, details)

    def newest(
        self, most: int, before: int = 0, kind: str = "", operator: int | None = None, subject: str = ""
    ) -> list[Act]:
        """The newest first; ``before`` is the position to go on from."""
        query = select(acts).order_by(acts.c.position.desc()).limit(most)
        if before:
            query = query.where(acts.c.position < before)
        if kind:
            query = query.where(acts.c.kind == kind)
        if subject:
            query = query.where(acts.c.subject == subject)
        if operator is not None:
            query = query.where(acts.c.operator == operator)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return [Act(r.position, r.at, r.operator, r.name, r.kind, r.subject, r.details) for r in rows]

    def verify(self) -> Verdict:
        """Look at every row; findings name what was changed, removed, swapped or put in."""
        columns = [type_coerce(c, String).label(c.name) if isinstance(c.type, Moment) else c for c in acts.c]
        with self._store.reading() as connection:
            rows = list(connection.execute(select(*columns).order_by(acts.c.position)))
            head = connection.execute(select(acts_head)).first()
        length, last = (rows[-1].position, rows[-1].hash) if rows else (0, GENESIS)
        return Verdict(length, last, (*self._rows(rows), *self._head(head, length, last)))

    def carry_over(self, connection: Connection, lost: bool) -> None:
        """Sign every row anew with the present key, in the transaction that seals the tickets' history under it.

        :param lost: the older key is gone, so what is there is taken as it is
        :raises LedgerUnusable: when it does not verify with the older key
        """
        if self._chain.older is not None and not lost:
            findings = Acts(self._store, self._chain.older, self._clock).verify().findings
            if findings:
                raise LedgerUnusable(f"操作记录用旧密钥核验不过，没有换密钥。第一处：{findings[0]}")
        position, previous = 0, GENESIS
        for found in connection.execute(select(acts).order_by(acts.c.position)).all():
            row = {**found._mapping, "previous": previous}
            position, previous = found.position, self._sign(row)
            signed = {"previous": row["previous"], "hash": previous}
            connection.execute(update(acts).where(acts.c.position == position).values(signed))
        if position:
            self._move_head(connection, position, previous)

    def _rows(self, rows: list[Row[Any]]) -> Iterator[Finding]:
        position, previous = 1, GENESIS
        for row in rows:
            if row.position != position:
                yield Finding(position, "操作记录从这一行起少了")
            elif row.previous != previous:
                yield Finding(row.position, "操作记录接不上前一行")
            if row.hash != self._sign(dict(row._mapping)):
                yield Finding(row.position, "操作记录的签名不符：这一行被改动、调换或插入")
            position, previous = row.position + 1, row.hash

    def _head(self, head: Row[Any] | None, length: int, last: str) -> Iterator[Finding]:
        if head is None:
            if length:
                yield Finding(0, "操作记录的链尾不见了")
        elif head.signature != self._sign_head(head.length, head.head):
            yield Finding(0, "操作记录的链尾签名不符：它被改动过")
        elif (head.length, head.head) != (length, last):
            yield Finding(0, f"操作记录应有 {head.length} 行，现有 {length} 行：末尾被删去或添加")

    def _move_head(self, connection: Connection, length: int, head: str) -> None:
        values = {"length": length, "head": head, "signature": self._sign_head(length, head)}
        if not connection.execute(update(acts_head).where(acts_head.c.id == 1).values(values)).rowcount:
            connection.execute(insert(acts_head), {"id": 1, **values})

    def _sign(self, row: Mapping[str, Any]) -> str:
        values = [row[name] for name in _SIGNED]
        plain = [written(value) if isinstance(value, datetime) else value for value in values]
        try:
            return self._chain.blind("act", json.dumps(plain, ensure_ascii=True))
        except TypeError:  # a value that no writer of ours leaves there
            return ""

    def _sign_head(self, length: int, head: str) -> str:
        return self._chain.blind("acts-head", f"{length}:{head}")
