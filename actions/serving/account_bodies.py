"""Reads what the console sends about accounts, and writes what it gets back."""

from __future__ import annotations

from typing import Any

from actions.accounts.records import Account, Operator
from actions.serving.errors import BodyInvalid
from actions.serving.ticket_bodies import read_text
from actions.tickets.moment import LOCAL


def operator_json(who: Operator) -> dict[str, Any]:
    """As the console reads it."""
    bound = {"department": who.department, "reveals": who.reveals}
    return {"id": who.id, "login": who.login, "name": who.name, "roles": sorted(who.roles), **bound}


def account_json(one: Account) -> dict[str, Any]:
    """What administrators see of it."""
    locked = one.locked_until.astimezone(LOCAL).isoformat(timespec="seconds") if one.locked_until else None
    flags = {"disabled": one.disabled, "must_change": one.must_change, "totp": one.totp, "oidc": one.oidc}
    created = one.created.astimezone(LOCAL).isoformat(timespec="seconds")
    return {**operator_json(one.operator), **flags, "locked_until": locked, "created": created}


def read_limited(body: dict[str, Any], name: str) -> str:
    """A text of at most 300 characters. Raises BodyInvalid."""
    text = read_text(body, name)
    if len(text) > 300:
        raise BodyInvalid(f"{name} 至多 300 字")
    return text


def read_roles(body: dict[str, Any]) -> list[str]:
    """``roles``. Raises BodyInvalid."""
    roles = body.get("roles")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise BodyInvalid("roles 应是字符串列表")
    return roles


def read_bound(body: dict[str, Any]) -> dict[str, Any]:
    """``department`` and ``reveals``: what the role "department" needs. Raises BodyInvalid."""
    return {"department": read_text(body, "department", "")[:40], "reveals": body.get("reveals") is True}
