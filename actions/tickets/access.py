"""Who may open a ticket from outside: its own session, or whoever knows its code. Guessing is slowed down.

Wrong number, wrong code and another session's ticket look the same: the same exception, the same writes, and the same
lock after the same number of tries, whether the number exists or not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import Connection, delete, func, insert, select

from actions.tickets.errors import NotFound, TooManyGuesses
from actions.tickets.numbers import CODE_DIGITS, tidy_code, tidy_number
from actions.tickets.sealing import Sealer
from actions.tickets.store import Store
from actions.tickets.tables import guesses, tickets
from actions.tickets.ticket import Ticket

MAX_WRONG = 5
WINDOW = timedelta(hours=1)


class Access:
    """Finds the ticket a resident means."""

    def __init__(self, store: Store, sealer: Sealer, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock

    def find(self, number: str, code: str = "", session: str = "") -> Ticket:
        """The ticket, for its session or with its code.

        :raises NotFound: in every other case
        :raises TooManyGuesses: after ``MAX_WRONG`` wrong codes for this number within the hour
        """
        number = tidy_number(number)
        if not number:
            raise NotFound
        if session:
            with self._store.reading() as connection:
                ticket = _row(connection, number)
            if ticket and ticket.session == session:
                return ticket
        if not code:
            raise NotFound
        return self._by_code(number, tidy_code(code))

    def _by_code(self, number: str, code: str) -> Ticket:
        # One writer at a time: else many guesses at the same moment would all pass the count.
        with self._store.writing() as connection:
            wrong = self._wrong(connection, number)
            ticket = _row(connection, number)
            right = self._matches(ticket, code)
            if wrong < MAX_WRONG and not right:
                connection.execute(insert(guesses), {"number": number, "at": self._clock()})
        if wrong >= MAX_WRONG:
            raise TooManyGuesses(int(WINDOW.total_seconds() // 60))
        if ticket is None or not right:
            raise NotFound
        return ticket

    def _wrong(self, connection: Connection, number: str) -> int:
        oldest = self._clock() - WINDOW
        stale = select(func.count()).select_from(guesses).where(guesses.c.at < oldest)
        if connection.scalar(stale):
            connection.execute(delete(guesses).where(guesses.c.at < oldest))
        counted = select(func.count()).select_from(guesses).where(guesses.c.number == number)
        return connection.scalar(counted) or 0

    def _matches(self, ticket: Ticket | None, code: str) -> bool:
        real = self._sealer.open(ticket.code, ticket.number) if ticket else "-" * CODE_DIGITS
        return compare_digest(real.encode(), code.encode())


def _row(connection: Connection, number: str) -> Ticket | None:
    row = connection.execute(select(tickets).where(tickets.c.number == number)).first()
    return Ticket.from_row(row) if row else None
