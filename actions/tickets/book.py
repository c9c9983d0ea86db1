"""Writes tickets: every change of a row and its line in the history, in one transaction.

    with book.writing() as connection:
        ticket = book.load(connection, number, version=3)
        book.apply(connection, ticket, "note", actor, details={"words": "…"})

``apply`` is the only function of the project that updates a ticket. Listeners are called inside the transaction: what
they write (a message in the outbox) is kept with the change, or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from actions.tickets.chain import Chain, Entry
from actions.tickets.errors import Conflict, NotFound
from actions.tickets.moment import LOCAL
from actions.tickets.numbers import tidy_number
from actions.tickets.records import Actor
from actions.tickets.states import Life
from actions.tickets.store import Store
from actions.tickets.tables import history, tickets
from actions.tickets.ticket import Ticket

_RESPONSES = frozenset({"assign", "start", "ask_back", "close", "refuse", "accept", "request_extension"})


@dataclass(frozen=True)
class Change:
    """What has just been written. A ticket that was merged into another gets its own Change when that moves."""

    move: str
    before: Ticket
    ticket: Ticket
    actor: Actor
    at: datetime
    tells: bool  # whether the reporter is to hear of it
    details: Mapping[str, Any]


Listener = Callable[[Connection, Change], None]


class Book:
    """The ledger's pen. One for each process.

    :param listeners: called with every change, inside its transaction; one that raises undoes it
    """

    def __init__(
        self,
        store: Store,
        chain: Chain,
        life: Life,
        clock: Callable[[], datetime],
        listeners: Sequence[Listener] = (),
    ) -> None:
        self.store = store
        self.chain = chain
        self.life = life
        self.clock = clock
        self._listeners = tuple(listeners)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction; see ``Store.writing``."""
        return self.store.writing()

    def load(self, connection: Connection, number: str, version: int | None = None) -> Ticket:
        """The ticket as it is now.

        :param version: what the caller has seen; None: whatever it is
        :raises NotFound: when there is none
        :raises Conflict: when it has changed since, naming who did that and when
        """
        row = connection.execute(select(tickets).where(tickets.c.number == tidy_number(number))).first()
        if row is None:
            raise NotFound
        ticket = Ticket.from_row(row)
        if version is not None and version != ticket.version:
            raise Conflict(self._told(connection, ticket, version))
        return ticket

    def begin(self, connection: Connection, values: dict[str, Any], actor: Actor, details: str) -> Ticket:
        """Write a new ticket and the first line of its history."""
        result = connection.execute(insert(tickets).returning(*tickets.c), values)
        ticket = Ticket.from_row(result.one())
        self._write(connection, ticket, "file", "", actor, details)
        self._tell(connection, Change("file", ticket, ticket, actor, ticket.created, True, {}))
        return ticket

    def apply(
        self,
        connection: Connection,
        ticket: Ticket,
        move: str,
        actor: Actor,
        changes: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> Ticket:
        """Make one move and return the ticket after it.

        :param changes: columns that change beside the state
        :param details: what the history keeps of it; plain JSON values
        :raises MoveRefused: when the state or the role does not allow it
        """
        state = self.life.after(move, ticket.state, ticket.state_before, actor.role)
        at = self.clock()
        values: dict[str, Any] = {**(changes or {}), "state": state}
        if actor.role in ("operator", "supervisor") and move in _RESPONSES and ticket.responded is None:
            values["responded"] = at
        return self.write(connection, ticket, move, actor, values, details or {}, at)

    def write(
        self,
        connection: Connection,
        ticket: Ticket,
        move: str,
        actor: Actor,
        values: Mapping[str, Any],
        details: Mapping[str, Any],
        at: datetime,
    ) -> Ticket:
        """``apply`` without asking whether the state allows it: for tickets that follow another."""
        after = replace(ticket, **{**values, "version": ticket.version + 1, "updated": at})
        changed = {k: v for k, v in after.values().items() if v != getattr(ticket, k)}
        kept = update(tickets).where(tickets.c.id == bindparam("kept"))
        connection.execute(kept, {"kept": ticket.id, **changed})
        text = json.dumps(details, ensure_ascii=False, sort_keys=True)
        self._write(connection, after, move, ticket.state, actor, text)
        tells = self.life.moves[move].tells
        self._tell(connection, Change(move, ticket, after, actor, at, tells, details))
        return after

    def _write(
        self, connection: Connection, ticket: Ticket, move: str, before: str, actor: Actor, details: str
    ) -> None:
        entry = Entry(
            ticket_id=ticket.id,
            version=ticket.version,
            at=ticket.updated,
            actor=actor.name,
            role=actor.role,
            move=move,
            state_from=before,
            state_to=ticket.state,
            public=self.life.moves[move].tells,
            details=details,
            ticket_digest=ticket.digest(),
        )
        self.chain.append(connection, entry)

    def _tell(self, connection: Connection, change: Change) -> None:
        for listener in self._listeners:
            listener(connection, change)

    def _told(self, connection: Connection, ticket: Ticket, version: int) -> str:
        last = connection.execute(
            select(history.c.actor, history.c.at)
            .where(history.c.ticket_id == ticket.id)
            .order_by(history.c.version.desc())
            .limit(1)
        ).one()
        when = last.at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")
        return (
            f"工单 {ticket.number} 已由 {last.actor} 在 {when} 改过："
            f"现在是第 {ticket.version} 版，您看的是第 {version} 版。请重新打开再改"
        )
