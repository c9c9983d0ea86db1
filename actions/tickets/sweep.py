"""Rounds over the open tickets: 即将超期 → 催办通知 → 督办 → 问责, and due dates whose holidays are out by now.

    sweep.round()      # every minute, from one process or several; also right after a restart

What has fired stands in ``deadline_events`` and in the ticket's history, written in one transaction, so that no step
fires twice, whatever stops, starts or jumps in between. Steps that were missed while nothing ran are caught up in
their order; only the warning 即将超期 is left out once the date itself has passed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from sqlalchemy import Connection, exists, insert, select

from actions.tickets.book import Book
from actions.tickets.casework import Casework
from actions.tickets.deadlines import Deadlines, Rung
from actions.tickets.moment import written
from actions.tickets.notify import Notices
from actions.tickets.records import SYSTEM
from actions.tickets.tables import deadline_events, tickets
from actions.tickets.ticket import Ticket

log = logging.getLogger(__name__)
FILE = Path(__file__).with_name("sweep.yml")


@dataclass(frozen=True)
class Rhythm:
    """``sweep.yml``."""

    every_seconds: float
    clock_jump_seconds: float
    hold_minutes: float
    look_ahead_days: float

    @classmethod
    def load(cls) -> Rhythm:
        """The project's own."""
        return cls(**yaml.safe_load(FILE.read_text("utf-8")))


@dataclass(frozen=True)
class Swept:
    """What a round did: (number, step) of the steps that fired, numbers whose date moved, held or not."""

    fired: tuple[tuple[str, str], ...] = ()
    moved: tuple[str, ...] = ()
    held: bool = False


class ClockWatch:
    """Notices that the wall clock was set: between two looks it moved otherwise than time itself."""

    def __init__(self, clock: Callable[[], datetime], steady: Callable[[], float], rhythm: Rhythm) -> None:
        self._clock = clock
        self._steady = steady
        self._rhythm = rhythm
        self._last = clock(), steady()
        self._hold_until = float("-inf")

    def holds(self) -> bool:
        """Whether the clock can't be trusted yet."""
        wall, steady = self._clock(), self._steady()
        jump = (wall - self._last[0]).total_seconds() - (steady - self._last[1])
        self._last = wall, steady
        if abs(jump) > self._rhythm.clock_jump_seconds:
            self._hold_until = steady + 60 * self._rhythm.hold_minutes
            log.warning(
                "the clock moved by %.0f s: no deadline step for %g min", jump, self._rhythm.hold_minutes
            )
        return steady < self._hold_until


class Sweep:
    """The round.

    :param desk: the unit that answers for tickets without department.
    :param steady: seconds that no one can set, by which a jump of the clock is noticed.
    """

    def __init__(
        self,
        book: Book,
        casework: Casework,
        deadlines: Deadlines,
        notices: Notices,
        desk: str,
        rhythm: Rhythm,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._book = book
        self._casework = casework
        self._deadlines = deadlines
        self._notices = notices
        self._desk = desk
        self._rhythm = rhythm
        self._watch = ClockWatch(book.clock, steady, rhythm)

    def round(self) -> Swept:
        """Do all that is due by now.

        :raises LedgerUnusable: when the ledger doesn't answer; what was done before is kept.
        """
        moved = tuple(number for number in self._provisional() if self._reschedule(number))
        if self._watch.holds():
            return Swept(moved=moved, held=True)
        fired = [(ticket.number, step) for ticket in self._ripe() for step in self._climb(ticket)]
        return Swept(tuple(fired), moved)

    def _ripe(self) -> list[Ticket]:
        """Tickets with a step to fire, the most urgent first: the clock runs, and they follow no other ticket."""
        running = [name for name, state in self._book.life.states.items() if state.clock == "runs"]
        near = self._book.clock() + timedelta(days=self._rhythm.look_ahead_days)
        at_the_top = exists().where(
            deadline_events.c.ticket_id == tickets.c.id,
            deadline_events.c.clock_start == tickets.c.clock_start,
            deadline_events.c.step == self._deadlines.rules.ladder[-1].name,
        )
        query = select(tickets).where(
            tickets.c.state.in_(running), tickets.c.merged_into.is_(None), tickets.c.due <= near, ~at_the_top
        )
        with self._book.store.reading() as connection:
            seen = [Ticket.from_row(row) for row in connection.execute(query.order_by(tickets.c.due))]
            return [ticket for ticket in seen if self._waiting(connection, ticket)]

    def _provisional(self) -> list[str]:
        """Open tickets whose date was a guess and need be one no longer."""
        alive = [name for name, state in self._book.life.states.items() if state.open]
        query = select(tickets.c.number, tickets.c.due).where(
            tickets.c.provisional.is_(True), tickets.c.state.in_(alive), tickets.c.merged_into.is_(None)
        )
        with self._book.store.reading() as connection:
            rows = connection.execute(query).all()
        return [row.number for row in rows if self._deadlines.certain(row.due)]

    def _reschedule(self, number: str) -> bool:
        return not self._casework.reschedule(number).provisional

    def _climb(self, seen: Ticket) -> list[str]:
        """Fire what is due for a ticket; returns the steps."""
        with self._book.writing() as connection:
            ticket = self._book.load(connection, seen.number)
            if ticket.version != seen.version:
                return []  # somebody works on it right now: the next round looks at it anew
            rungs = self._waiting(connection, ticket)
            for rung in rungs:
                ticket = self._fire(connection, ticket, rung)
            return [rung.step for rung in rungs]

    def _waiting(self, connection: Connection, ticket: Ticket) -> list[Rung]:
        """The steps that have been reached and come after all that have fired."""
        ladder, now = self._deadlines.ladder(ticket.category, ticket.kind, ticket.due), self._book.clock()
        reached = [rung for rung in ladder if rung.at <= now]
        if not reached:
            return []
        events = deadline_events.c
        mine = events.ticket_id == ticket.id, events.clock_start == ticket.clock_start
        fired = set(connection.scalars(select(events.step).where(*mine)))
        # After a clock was put back, nothing warns of a date that has already been found passed.
        last = max((i for i, rung in enumerate(ladder) if rung.step in fired), default=-1)
        rest = [rung for rung in reached if rung in ladder[last + 1 :]]
        return [rung for rung in rest if rung.at >= ticket.due] or rest

    def _fire(self, connection: Connection, ticket: Ticket, rung: Rung) -> Ticket:
        unit = ticket.department or self._desk
        event = {
            "ticket_id": ticket.id,
            "step": rung.step,
            "clock_start": ticket.clock_start,
            "at": self._book.clock(),
            "department": unit,
        }
        connection.execute(insert(deadline_events), event)
        occasion = f"{ticket.id}:{written(ticket.clock_start)}"
        self._notices.tell_department(connection, ticket, rung.step, occasion)
        details = {"step": rung.step, "department": unit, "due": written(ticket.due)}
        return self._book.apply(connection, ticket, "warn", SYSTEM, {}, details)
