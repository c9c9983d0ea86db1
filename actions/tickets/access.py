"""Who may open a ticket from outside: its own session, or whoever knows its code. Guessing is slowed down.

Wrong number, wrong code and another session's ticket look the same: the same exception, the same writes, and the same
lock after the same number of tries, whether the number exists or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hmac import compare_digest
from pathlib import Path
from typing import Any, Literal

import yaml
from sqlalchemy import Connection, delete, insert, select

from actions.tickets.errors import NotFound, RulesUnusable, TooManyGuesses
from actions.tickets.numbers import CODE_DIGITS, tidy_code, tidy_number
from actions.tickets.sealing import Sealer
from actions.tickets.store import Store
from actions.tickets.tables import guesses, tickets
from actions.tickets.ticket import Ticket

FILE = Path(__file__).with_name("access.yml")


@dataclass(frozen=True)
class Limit:
    """``wrong`` codes for one number, from one caller, or for all, within ``hours``."""

    of: Literal["number", "caller", "all"]
    wrong: int
    hours: int

    def __post_init__(self) -> None:
        if self.of not in ("number", "caller", "all") or self.wrong < 1 or self.hours < 1:
            raise RulesUnusable(f"{FILE.name} 里的 {self} 用不了：of 是 number、caller 或 all，其余是正整数")

    @property
    def window(self) -> timedelta:
        """How long a wrong code counts."""
        return timedelta(hours=self.hours)

    def meant(self, number: str, caller: str) -> list[Any] | None:
        """Which guesses it counts; None where it doesn't apply."""
        if self.of == "caller":
            return [guesses.c.caller == caller] if caller else None
        return [guesses.c.number == number] if self.of == "number" else []


@cache
def limits() -> tuple[Limit, ...]:
    """``access.yml``. Raises RulesUnusable."""
    return tuple(Limit(**entry) for entry in yaml.safe_load(FILE.read_text("utf-8"))["limits"])


class Access:
    """Finds the ticket a resident means."""

    def __init__(self, store: Store, sealer: Sealer, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock

    def find(self, number: str, code: str = "", session: str = "") -> Ticket:
        """The ticket, for its session or with its code.

        :raises NotFound: in every other case
        :raises TooManyGuesses: when one of the ``limits`` is reached
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
        return self._by_code(number, tidy_code(code), session)

    def _by_code(self, number: str, code: str, caller: str) -> Ticket:
        # One writer at a time: else many guesses at the same moment would all pass the count.
        with self._store.writing() as connection:
            again = self._open_again(connection, number, caller)
            ticket = _row(connection, number)
            right = self._matches(ticket, code)
            if again is None and not right:
                row = {"number": number, "at": self._clock(), "caller": caller or None}
                connection.execute(insert(guesses), row)
        if again is not None:
            raise TooManyGuesses(max(1, -int((self._clock() - again).total_seconds() // 60)))
        if ticket is None or not right:
            raise NotFound
        return ticket

    def _open_again(self, connection: Connection, number: str, caller: str) -> datetime | None:
        """When codes are taken again; None: now."""
        now = self._clock()
        stale = guesses.c.at < now - max(limit.window for limit in limits())
        if connection.scalar(select(guesses.c.id).where(stale).limit(1)):
            connection.execute(delete(guesses).where(stale))
        found = []
        for limit in limits():
            meant = limit.meant(number, caller)
            if meant is None:
                continue
            # The one whose end makes room again: the newest but ``wrong - 1``.
            query = select(guesses.c.at).where(*meant, guesses.c.at >= now - limit.window)
            decisive = connection.scalar(query.order_by(guesses.c.at.desc()).offset(limit.wrong - 1).limit(1))
            if decisive is not None:
                found.append(decisive + limit.window)
        return max(found, default=None)

    def _matches(self, ticket: Ticket | None, code: str) -> bool:
        real = self._sealer.open(ticket.code, ticket.number) if ticket else "-" * CODE_DIGITS
        return compare_digest(real.encode(), code.encode())


def _row(connection: Connection, number: str) -> Ticket | None:
    row = connection.execute(select(tickets).where(tickets.c.number == number)).first()
    return Ticket.from_row(row) if row else None
