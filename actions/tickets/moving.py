"""How a move of the house is made: one transaction, the version that was seen, the key it came under."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from actions.tickets.book import Book
from actions.tickets.merging import lead
from actions.tickets.once import Once
from actions.tickets.records import Actor
from actions.tickets.ticket import Ticket

Prepare = Callable[[Connection, Ticket], dict[str, Any]]


@dataclass(frozen=True)
class Mover:
    """Makes moves.

    :param key: of the request; the same move for the same ticket under the same key is made once. Empty: each call.
    """

    book: Book
    once: Once
    key: str = ""

    def move(
        self,
        move: str,
        number: str,
        version: int | None,
        actor: Actor,
        details: Mapping[str, Any] | None = None,
        prepare: Prepare = lambda *_: {},
        after: Callable[[Connection, Ticket], None] = lambda *_: None,
    ) -> Ticket:
        """The ticket after the move, and after all that follow it have made it too.

        :param prepare: brings about what goes with the move; returns the columns that change
        :param after: writes what belongs to it; not called for followers
        :raises Conflict: when the ticket is not the one that was seen
        :raises MoveRefused: when the state or the role does not allow it
        """
        with self.book.writing() as connection:
            ticket, done = self.taken_up(connection, move, number, version)
            if done:
                return ticket
            # First of all, so that a move which is not allowed is refused for that and for nothing else.
            self.book.life.after(move, ticket.state, ticket.state_before, actor.role)
            changes = prepare(connection, ticket)
            moved = self.book.apply(connection, ticket, move, actor, changes, details)
            after(connection, moved)
            lead(connection, self.book, moved, move, actor)
            return moved

    def taken_up(
        self, connection: Connection, move: str, number: str, version: int | None
    ) -> tuple[Ticket, bool]:
        """The ticket, and whether this request has been carried out on it already."""
        if self.key:
            ticket = self.book.load(connection, number)
            if not self.once.first(connection, move, ticket, self.key):
                return ticket, True
        return self.book.load(connection, number, version), False
