"""Reads ``tickets.yml``: what the ticket desk's forms and histories say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.tickets.moment import read

FILE = Path(__file__).with_name("tickets.yml")
_ACCOUNT = re.compile(r"#\d+(?= 在 )")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True)
class Step:
    """One form. ``key`` opens it; ``words`` asks for what is written; ``says`` tells what will happen."""

    name: str
    label: str
    key: str
    fields: tuple[str, ...]
    button: str
    says: str
    words: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Wording:
    """The whole file."""

    steps: dict[str, Step]
    moves: dict[str, str]
    details: dict[str, str]
    parts: dict[str, str]
    roles: dict[str, str]
    channels: dict[str, str]
    due: dict[str, str]
    bulk: tuple[str, ...]


@cache
def wording() -> Wording:
    """The file beside this one, read once."""
    data: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    steps = {
        name: Step(name, **{**entry, "fields": tuple(entry["fields"])})
        for name, entry in data["steps"].items()
    }
    named = {name: data[name] for name in ("moves", "details", "parts", "roles", "channels", "due")}
    return Wording(steps, bulk=tuple(data["bulk"]), **named)


def person(actor: str, role: str) -> str:
    """Who did something, as colleagues call them: the account's number stays out.

    >>> person("李岚#3", "operator"), person("resident", "resident")
    ('李岚', '居民')
    """
    if role in ("resident", "system"):
        return wording().roles[role]
    return actor.rpartition("#")[0] or actor


def nameable(message: str) -> str:
    """A message of the service without the numbers of accounts.

    >>> nameable("工单 HS-261122-80209 已由 赵敏#99 在 21:50 改过")
    '工单 HS-261122-80209 已由 赵敏 在 21:50 改过'
    """
    return _ACCOUNT.sub("", message)


def told(details: dict[str, Any]) -> str:
    """The details of a line of history in words.

    >>> told({"department": "区民政局", "category": "", "words": "已派"})
    '部门：区民政局；已派'
    """
    parts = []
    for name, value in details.items():
        if value in ("", None, False, [], {}):
            continue
        label = wording().details.get(name, name)
        text = wording().channels.get(value, value) if name == "channel" else _value(value)
        parts.append(f"{label}：{text}" if label else text)
    return "；".join(parts)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "，".join(
            f"{wording().parts.get(name, name)} {_value(one) or '（空）'}" for name, one in value.items()
        )
    if isinstance(value, list):
        return "、".join(str(wording().parts.get(one, one)) for one in value)
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return f"{read(value):%m-%d %H:%M}"
    return "是" if value is True else str(value or "")
