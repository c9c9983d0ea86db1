"""Reads and writes the rows of accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from actions.accounts.errors import AccountInvalid, AccountUnknown
from actions.accounts.records import ROLES, WHOLE_DESK, Account, Operator
from actions.accounts.tables import accounts
from actions.tickets.departments import unit_names

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


def operator(row: Row[Any]) -> Operator:
    """The person of a row."""
    roles = frozenset(row.roles.split(","))
    return Operator(row.id, row.login, row.name, roles, row.department, row.reveals)


def account(row: Row[Any]) -> Account:
    """What administrators see of a row."""
    return Account(
        operator(row),
        row.disabled,
        row.locked_until,
        row.must_change,
        row.totp_on,
        row.subject is not None,
        row.created,
    )


def by_id(connection: Connection, id_: int) -> Row[Any]:
    """The row. Raises AccountUnknown."""
    row = connection.execute(select(accounts).where(accounts.c.id == id_)).first()
    if row is None:
        raise AccountUnknown(id_)
    return row


def by_login(connection: Connection, login: str) -> Row[Any] | None:
    """The row, or None."""
    return connection.execute(select(accounts).where(accounts.c.login == login.strip().lower())).first()


def change(connection: Connection, id_: int, **values: Any) -> None:
    """Change columns of one account."""
    connection.execute(update(accounts).where(accounts.c.id == id_).values(values))


def tidy_login(login: str) -> str:
    """As it is stored. Raises AccountInvalid."""
    tidy = login.strip().lower()
    if not _LOGIN.fullmatch(tidy):
        raise AccountInvalid("登录名要 2 到 40 个小写字母、数字、点、连字符或下划线，以字母或数字开头")
    return tidy


def tidy_name(name: str) -> str:
    """As it is shown. Raises AccountInvalid."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > 40 or not tidy.isprintable():
        raise AccountInvalid("姓名要 1 到 40 个字，居民和同事会看到")
    return tidy


@dataclass(frozen=True)
class Given:
    """What an account may: as it is stored."""

    roles: str
    department: str = ""
    reveals: bool = False

    @classmethod
    def tidy(cls, roles: Iterable[str], department: str = "", reveals: bool = False) -> Given:
        """Raises AccountInvalid, naming what cannot be taken."""
        tidy = tidy_roles(roles)
        given = set(tidy.split(","))
        if "department" not in given:
            return cls(tidy)
        if given & WHOLE_DESK:
            raise AccountInvalid("部门经办不能同时是坐席或值班长：那样就看得到所有部门的工单")
        if department not in unit_names():
            raise AccountInvalid(f"部门「{department[:40]}」不在部门表里：部门经办要属于其中一个部门")
        return cls(tidy, department, reveals)


def tidy_roles(roles: Iterable[str]) -> str:
    """As they are stored. Raises AccountInvalid for none or an unknown one."""
    given: Sequence[str] = sorted(set(roles))
    if not given or not set(given) <= set(ROLES):
        raise AccountInvalid(
            f"角色至少一个，可用：{'、'.join(f'{key} {name}' for key, name in ROLES.items())}"
        )
    return ",".join(given)
