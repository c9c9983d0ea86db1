"""Who is signed in. The token is only in the operator's browser; the table holds its hash."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from actions.accounts import book
from actions.accounts.errors import SessionOver
from actions.accounts.records import SignedIn
from actions.accounts.rules import Rules
from actions.accounts.tables import desk_sessions
from actions.tickets.store import Store

_TOKEN_BYTES = 32


class Sessions:
    """Opens, finds and ends sessions."""

    def __init__(self, store: Store, rules: Rules, clock: Callable[[], datetime]) -> None:
        self._store = store
        self.rules = rules
        self._clock = clock

    def open(self, connection: Connection, account_id: int, stage: str = "in") -> str:
        """A new session's token; sessions whose time is up go at the same time."""
        now, token = self._clock(), secrets.token_urlsafe(_TOKEN_BYTES)
        old = or_(
            desk_sessions.c.began < now - timedelta(minutes=self.rules.longest_minutes),
            desk_sessions.c.seen < now - timedelta(minutes=self.rules.idle_minutes),
        )
        connection.execute(delete(desk_sessions).where(old))
        values = {
            "digest": _digest(token),
            "account_id": account_id,
            "stage": stage,
            "began": now,
            "seen": now,
        }
        connection.execute(insert(desk_sessions), values)
        return token

    def find(self, token: str, active: bool = True) -> SignedIn:
        """Who holds this token, signed in or still to give the code.

        :param active: whether this counts as work; a page that asks by itself must not keep a session alive
        :raises SessionOver: when nobody does, or the account is switched off
        """
        with self._store.reading() as connection:
            row = self.row(connection, token)
            person = book.by_id(connection, row.account_id)
        if person.disabled:
            raise SessionOver
        if (
            active
            and row.stage == "in"
            and (self._clock() - row.seen).total_seconds() >= self.rules.touch_seconds
        ):
            with self._store.writing() as connection:
                seen = update(desk_sessions).where(desk_sessions.c.id == row.id)
                connection.execute(seen.values(seen=self._clock()))
        ends = row.began + timedelta(minutes=self.rules.longest_minutes)
        return SignedIn(book.operator(person), row.stage, person.must_change, ends)

    def row(self, connection: Connection, token: str) -> Row[Any]:
        """The session's row. Raises SessionOver when there is none or its time is up."""
        found = connection.execute(
            select(desk_sessions).where(desk_sessions.c.digest == _digest(token))
        ).first()
        if found is None or not self._holds(found):
            raise SessionOver
        return found

    def end(self, token: str) -> None:
        """Sign out; an unknown token is no error."""
        with self._store.writing() as connection:
            self.drop(connection, token)

    def drop(self, connection: Connection, token: str) -> None:
        """``end`` inside a transaction."""
        connection.execute(delete(desk_sessions).where(desk_sessions.c.digest == _digest(token)))

    def revoke(self, connection: Connection, account_id: int, but: str = "") -> None:
        """End all sessions of an account, except the one with the token ``but``."""
        mine = desk_sessions.c.account_id == account_id
        connection.execute(delete(desk_sessions).where(mine, desk_sessions.c.digest != _digest(but)))

    def _holds(self, row: Row[Any]) -> bool:
        now, rules = self._clock(), self.rules
        longest = rules.longest_minutes if row.stage == "in" else rules.code_minutes
        age, idle = now - row.began, now - row.seen
        return bool(age < timedelta(minutes=longest) and idle < timedelta(minutes=rules.idle_minutes))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
