"""Reports of one matter: one ticket leads, the others follow it, and each reporter hears the news."""

from __future__ import annotations

from sqlalchemy import Connection, select

from actions.tickets.book import Book
from actions.tickets.errors import MoveRefused
from actions.tickets.records import SYSTEM, Actor
from actions.tickets.tables import tickets
from actions.tickets.ticket import Ticket

# What a follower takes over when its leader moves.
_SHARED = ("state", "state_before", "department", "due", "provisional", "closed", "reply", "responded")


def followers(connection: Connection, leader: Ticket) -> list[Ticket]:
    """Open tickets that were merged into this one, oldest first."""
    query = select(tickets).where(tickets.c.merged_into == leader.id).order_by(tickets.c.id)
    return [Ticket.from_row(row) for row in connection.execute(query)]


def lead(connection: Connection, book: Book, leader: Ticket, move: str, actor: Actor) -> None:
    """Let the followers make the move that their leader has just made."""
    for follower in followers(connection, leader):
        shared = {name: getattr(leader, name) for name in _SHARED}
        book.write(connection, follower, move, actor, shared, {"with": leader.number}, leader.updated)


def merge(connection: Connection, book: Book, ticket: Ticket, leader: Ticket, actor: Actor) -> Ticket:
    """Make ``ticket`` follow ``leader``, with all that follow it already.

    :raises MoveRefused: when that would be a circle, or the leader is closed or follows a third
    """
    if ticket.id == leader.id:
        raise MoveRefused(f"工单 {ticket.number} 不能并入它自己")
    if leader.merged_into is not None or ticket.merged_into is not None:
        merged = leader if leader.merged_into is not None else ticket
        raise MoveRefused(f"工单 {merged.number} 已经并入别的工单：请用那一张")
    if not book.life.states[leader.state].open:
        raise MoveRefused(f"工单 {leader.number} 已是「{leader.state}」：请并入还在办的一张")
    taken = {name: getattr(leader, name) for name in _SHARED} | {"merged_into": leader.id}
    book.life.after("merge", ticket.state, "", actor.role)
    for other in (*followers(connection, ticket), ticket):
        after = book.write(connection, other, "merge", actor, taken, {"into": leader.number}, book.clock())
    book.apply(connection, leader, "note", actor, {}, {"words": f"{ticket.number} 并入本单"})
    return after


def promote(connection: Connection, book: Book, leader: Ticket) -> None:
    """Before a leader is withdrawn: the oldest follower leads from now on."""
    rest = followers(connection, leader)
    for follower in rest:
        into = None if follower is rest[0] else rest[0].id
        details = {"instead_of": leader.number, "into": rest[0].number if into else ""}
        book.apply(connection, follower, "lead", SYSTEM, {"merged_into": into}, details)
