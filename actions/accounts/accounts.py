"""What administrators do with accounts. Whatever changes what somebody may do also signs them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, astuple
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from actions.accounts import book
from actions.accounts.acts import Acts
from actions.accounts.codes import Codes
from actions.accounts.errors import AccountInvalid, NotPermitted
from actions.accounts.passwords import Passwords
from actions.accounts.records import Account, Operator
from actions.accounts.sessions import Sessions
from actions.accounts.tables import accounts
from actions.tickets.store import Store


class Accounts:
    """The list of accounts and its changes; ``by`` is whoever does it."""

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

    def all(self) -> list[Account]:
        """By login."""
        with self._store.reading() as connection:
            return [
                book.account(row) for row in connection.execute(select(accounts).order_by(accounts.c.login))
            ]

    def active(self, id_: int) -> Operator:
        """Who has this id and may work. Raises NotPermitted for anybody else."""
        with self._store.reading() as connection:
            row = connection.execute(select(accounts).where(accounts.c.id == id_)).first()
        if row is None or row.disabled:
            raise NotPermitted("这个账号不能用了，请找管理员")
        return book.operator(row)

    def find(self, login: str) -> Account | None:
        """By login, however it is written."""
        with self._store.reading() as connection:
            row = book.by_login(connection, login)
        return book.account(row) if row is not None else None

    def add(
        self,
        by: Operator,
        login: str,
        name: str,
        roles: Iterable[str],
        password: str,
        own: bool = False,
        department: str = "",
        reveals: bool = False,
    ) -> Account:
        """A new account.

        :param department: of departments.yml, for the role "department"; ``reveals``: it may see numbers to call

        :param own: whether its owner chose the password; otherwise a new one is asked for at the first sign-in
        :raises AccountInvalid: naming what cannot be taken
        """
        values = {
            "login": book.tidy_login(login),
            "name": book.tidy_name(name),
            **asdict(book.Given.tidy(roles, department, reveals)),
        }
        hashed = self._passwords.hash(password, values["login"])
        with self._store.writing() as connection:
            if book.by_login(connection, values["login"]) is not None:
                raise AccountInvalid(f"登录名「{values['login']}」已经有人用了")
            row = connection.execute(
                insert(accounts).returning(*accounts.c),
                {
                    **values,
                    "password": hashed,
                    "must_change": not own,
                    "disabled": False,
                    "failures": 0,
                    "totp": "",
                    "totp_on": False,
                    "totp_step": 0,
                    "created": self._clock(),
                },
            ).one()
            self._acts.record(connection, by, "account_added", row.login, _may(row))
        return book.account(row)

    def give(
        self, by: Operator, id_: int, roles: Iterable[str], department: str = "", reveals: bool = False
    ) -> None:
        """Set the roles. Raises AccountInvalid, also where no administrator would be left."""
        tidy = book.Given.tidy(roles, department, reveals)
        with self._store.writing() as connection:
            row = book.by_id(connection, id_)
            if (row.roles, row.department, row.reveals) == astuple(tidy):
                return
            book.change(connection, id_, **asdict(tidy))
            self._someone_left(connection)
            self._sessions.revoke(connection, id_)
            before = {"before": row.roles, "before_department": row.department}
            changed = {**before, "after": tidy.roles, "department": tidy.department, "reveals": tidy.reveals}
            self._acts.record(connection, by, "roles_changed", row.login, changed)

    def switch(self, by: Operator, id_: int, off: bool) -> None:
        """Switch an account off or on again. Raises AccountInvalid where no administrator would be left."""
        with self._store.writing() as connection:
            row = book.by_id(connection, id_)
            book.change(connection, id_, disabled=off, failures=0, locked_until=None)
            self._someone_left(connection)
            self._sessions.revoke(connection, id_)
            self._acts.record(connection, by, "account_disabled" if off else "account_enabled", row.login)

    def reset(self, by: Operator, id_: int, password: str) -> None:
        """Give a new password, which its owner has to change; a lock is lifted. Raises AccountInvalid."""
        with self._store.reading() as connection:
            login = book.by_id(connection, id_).login
        hashed = self._passwords.hash(password, login)
        with self._store.writing() as connection:
            book.change(connection, id_, password=hashed, must_change=True, failures=0, locked_until=None)
            self._sessions.revoke(connection, id_)
            self._acts.record(connection, by, "password_reset", login)

    def forget_code(self, by: Operator, id_: int) -> None:
        """Take the one-time code off an account whose owner lost the device."""
        with self._store.writing() as connection:
            row = book.by_id(connection, id_)
            book.change(connection, id_, totp="", totp_on=False)
            self._sessions.revoke(connection, id_)
            self._acts.record(connection, by, "code_reset", row.login)

    def link(self, by: Operator, id_: int, issuer: str, subject: str) -> None:
        """Tie an account to one of the organisation's own sign-in; empty ``subject`` unties it.

        :raises AccountInvalid: when that one is tied already
        """
        if len(issuer) > 200 or len(subject) > 200 or bool(issuer) != bool(subject):
            raise AccountInvalid("统一登录的签发方和用户标识要都写或都空，各至多 200 字")
        with self._store.writing() as connection:
            row = book.by_id(connection, id_)
            taken = (accounts.c.issuer == issuer) & (accounts.c.subject == subject) & (accounts.c.id != id_)
            if subject and connection.execute(select(accounts.c.id).where(taken)).first():
                raise AccountInvalid("这个统一登录的用户已经绑定了别的账号")
            book.change(connection, id_, issuer=issuer or None, subject=subject or None)
            self._acts.record(connection, by, "sign_in_linked" if subject else "sign_in_unlinked", row.login)

    def reseal(self) -> int:
        """Encrypt all secrets of one-time codes under the present CONTACT_KEY; how many."""
        with self._store.writing() as connection:
            rows = connection.execute(select(accounts).where(accounts.c.totp != "")).all()
            for row in rows:
                book.change(connection, row.id, totp=self._codes.reseal(row.totp, row.id))
        return len(rows)

    def _someone_left(self, connection: Connection) -> None:
        rows = connection.execute(select(accounts).where(accounts.c.disabled.is_(False)))
        if not any(book.operator(row).has("admin") for row in rows):
            raise AccountInvalid("这样就没有管理员了：先给别的账号管理员角色")


def _may(row: Row[Any]) -> dict[str, Any]:
    bound = {"department": row.department, "reveals": row.reveals} if row.department else {}
    return {"roles": row.roles, **bound}
