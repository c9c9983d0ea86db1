"""What everybody may do with their own account: change the password, set up or drop the one-time code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Row

from actions.accounts import book
from actions.accounts.acts import Acts
from actions.accounts.codes import Codes
from actions.accounts.errors import AccountInvalid
from actions.accounts.passwords import Passwords
from actions.accounts.records import Operator
from actions.accounts.sessions import Sessions
from actions.tickets.store import Store


class OwnAccount:
    """The signed-in person's own settings. Each asks for the password again or for a code."""

    def __init__(
        self,
        store: Store,
        passwords: Passwords,
        codes: Codes,
        sessions: Sessions,
        acts: Acts,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._codes = codes
        self._sessions = sessions
        self._acts = acts
        self._clock = clock

    def change_password(self, who: Operator, old: str, new: str) -> str:
        """Set a new password, end all sessions and give the token of a new one.

        :raises AccountInvalid: when the old one is wrong or the new one cannot be taken
        """
        self._prove(who, old)
        if old == new:
            raise AccountInvalid("新密码和现在的一样")
        hashed = self._passwords.hash(new, who.login)
        with self._store.writing() as connection:
            book.change(connection, who.id, password=hashed, must_change=False)
            self._sessions.revoke(connection, who.id)
            self._acts.record(connection, who, "password_changed", who.login)
            return self._sessions.open(connection, who.id)

    def begin_code(self, who: Operator, password: str) -> str:
        """Make a secret for an authenticator app; its ``otpauth://`` address. It counts after ``confirm_code``.

        :raises AccountInvalid: when the password is wrong or a code is set up already
        """
        self._prove(who, password)
        with self._store.writing() as connection:
            if book.by_id(connection, who.id).totp_on:
                raise AccountInvalid("验证码已经启用；先停用再重新设置")
            sealed = self._codes.new(who.id)
            book.change(connection, who.id, totp=sealed)
        return self._codes.address(sealed, who.id, who.login)

    def confirm_code(self, who: Operator, code: str) -> None:
        """Switch the one-time code on. Raises AccountInvalid when the app does not show the right one."""
        with self._store.writing() as connection:
            row = book.by_id(connection, who.id)
            step = self._step(row, code)
            book.change(connection, who.id, totp_on=True, totp_step=step)
            self._acts.record(connection, who, "code_on", who.login)

    def drop_code(self, who: Operator, password: str, code: str) -> None:
        """Switch it off. Raises AccountInvalid when password or code is wrong."""
        self._prove(who, password)
        with self._store.writing() as connection:
            self._step(book.by_id(connection, who.id), code)
            book.change(connection, who.id, totp="", totp_on=False)
            self._acts.record(connection, who, "code_off", who.login)

    def _prove(self, who: Operator, password: str) -> None:
        with self._store.reading() as connection:
            row = book.by_id(connection, who.id)
        if not self._passwords.matches(row.password, password):
            self._note_failure(who)
            raise AccountInvalid("现在的密码不对")

    def _note_failure(self, who: Operator) -> None:
        with self._store.writing() as connection:
            self._acts.record(connection, who, "password_wrong", who.login)
            self._count(connection, who)

    def _count(self, connection: Connection, who: Operator) -> None:
        # Somebody at an unlocked screen who tries passwords: after the fifth the screen is signed out.
        row = book.by_id(connection, who.id)
        book.change(connection, who.id, failures=row.failures + 1)
        if row.failures + 1 >= self._sessions.rules.failures:
            self._sessions.revoke(connection, who.id)
            book.change(connection, who.id, failures=0)

    def _step(self, row: Row[object], code: str) -> int:
        step = self._codes.step(row.totp, row.id, code, self._clock()) if row.totp else 0
        if step <= row.totp_step:
            raise AccountInvalid("验证码不对或已经用过；等下一个再试")
        return step
