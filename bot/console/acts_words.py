"""Reads ``acts.yml``: the record of acts in plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.accounts.records import ROLES

FILE = Path(__file__).with_name("acts.yml")


@cache
def _words() -> dict[str, dict[str, str]]:
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


def kinds() -> Mapping[str, str]:
    """Every kind of act with its name, in the order in which they are offered."""
    return _words()["kinds"]


def named(kind: str) -> str:
    """What the page calls it; an act that other programs recorded keeps its own name.

    >>> named("chat_claim"), named("export")
    ('接管会话', 'export')
    """
    return kinds().get(kind, kind)


def told(details: str) -> str:
    """The JSON object in words.

    >>> told('{"minutes": 15, "by": "password", "reveals": false}')
    '分钟 15 · 方式 密码'
    """
    given: dict[str, Any] = json.loads(details)
    labels = _words()["details"]
    return " · ".join(
        f"{labels.get(name, name)} {_value(value)}"
        for name, value in given.items()
        if value not in ("", None, False)
    )


def _value(value: Any) -> str:
    if value is True:
        return "是"
    parts = str(value).split(",")
    return "、".join(ROLES.get(part, _words()["values"].get(part, part)) for part in parts)
