"""Signing in: the password, then the code where there is one. Each try is an act in the record.

token, stage = entrance.password("wang", "…")
token, stage = entrance.code(token, "123456")      # where stage was "code"
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from actions.accounts import book
from actions.accounts.acts import SYSTEM, Acts
from actions.accounts.codes import Codes
from actions.accounts.errors import SessionOver, SignInRefused
from actions.accounts.passwords import Passwords
from actions.accounts.rules import Rules
from actions.accounts.sessions import Sessions
from actions.accounts.tables import accounts
from actions.tickets.store import Store


class Entrance:
    """Lets operators in."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        passwords: Passwords,
        codes: Codes,
        sessions: Sessions,
        acts: Acts,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._rules = rules
        self._passwords = passwords
        self._codes = codes
        self._sessions = sessions
        self._acts = acts
        self._clock = clock

    def password(self, login: str, password: str) -> tuple[str, str]:
        """The first step: a new token and "in", or "code" when a one-time code is asked for next.

        :raises SignInRefused: for whatever reason
        """
        with self._store.reading() as connection:
            seen = book.by_login(connection, login)
        # Outside of the transaction: this takes its time, and writers wait for one another.
        right = self._passwords.matches(seen.password if seen else "", password)
        with self._store.writing() as connection:
            row = book.by_id(connection, seen.id) if seen else None
            same = row is not None and seen is not None and row.password == seen.password
            if right and row is not None and same and self._open(row):
                return self._in(connection, row, "password")
            self._failed(connection, row, "password")
        raise SignInRefused

    def code(self, token: str, code: str) -> tuple[str, str]:
        """The second step; the token of the first one ends and a new one is given.

        :raises SignInRefused: for a wrong, old or used code
        :raises SessionOver: when the first step is too long ago
        """
        with self._store.writing() as connection:
            session = self._sessions.row(connection, token)
            row = book.by_id(connection, session.account_id)
            if session.stage != "code":
                raise SessionOver
            step = self._codes.step(row.totp, row.id, code, self._clock()) if self._open(row) else 0
            if step > row.totp_step:
                book.change(connection, row.id, totp_step=step)
                self._sessions.drop(connection, token)
                return self._enter(connection, row, "code"), "in"
            self._failed(connection, row, "code")
        raise SignInRefused

    def vouched(self, issuer: str, subject: str) -> tuple[str, str]:
        """Sign in who the organisation's own sign-in vouches for; its accounts are linked by an administrator.

        :raises SignInRefused: when no account is linked, or it is switched off
        """
        with self._store.writing() as connection:
            mine = (accounts.c.issuer == issuer) & (accounts.c.subject == subject)
            row = connection.execute(select(accounts).where(mine)).first()
            if row is not None and not row.disabled:
                return self._enter(connection, row, "oidc"), "in"
            self._acts.record(connection, SYSTEM, "sign_in_failed", row.login if row else "", {"by": "oidc"})
        raise SignInRefused

    def _open(self, row: Row[Any]) -> bool:
        return not row.disabled and (row.locked_until is None or row.locked_until <= self._clock())

    def _in(self, connection: Connection, row: Row[Any], by: str) -> tuple[str, str]:
        if row.totp_on:
            return self._sessions.open(connection, row.id, "code"), "code"
        return self._enter(connection, row, by), "in"

    def _enter(self, connection: Connection, row: Row[Any], by: str) -> str:
        book.change(connection, row.id, failures=0, locked_until=None)
        self._acts.record(connection, book.operator(row), "sign_in", row.login, {"by": by})
        return self._sessions.open(connection, row.id)

    def _failed(self, connection: Connection, row: Row[Any] | None, by: str) -> None:
        # What was typed as a login is not kept: people type their password there.
        subject = row.login if row is not None else ""
        self._acts.record(connection, SYSTEM, "sign_in_failed", subject, {"by": by})
        if row is None or not self._open(row):
            return
        failures = row.failures + 1
        if failures < self._rules.failures:
            book.change(connection, row.id, failures=failures)
            return
        until = self._clock() + timedelta(minutes=self._rules.locked_minutes)
        book.change(connection, row.id, failures=0, locked_until=until)
        self._acts.record(connection, SYSTEM, "locked", row.login, {"minutes": self._rules.locked_minutes})
