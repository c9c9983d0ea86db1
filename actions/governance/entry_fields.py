"""What an editor writes into a curated answer, checked field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from actions.governance.errors import Unusable
from actions.privacy import mask
from knowledge.places import TOWNS

_MOST_QUESTIONS, _LONGEST_QUESTION, _LONGEST_TEXT, _LONGEST_DAYS = 8, 100, 400, 366 * 2


def read_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """questions, text, effective, expires, scope.

    :raises Unusable: naming what cannot be taken
    """
    effective, expires = _dates(given)
    return {
        "questions": _questions(given),
        "text": _text(given),
        "effective": effective,
        "expires": expires,
        "scope": _scope(given),
    }


def _questions(given: Mapping[str, Any]) -> list[str]:
    value = given.get("questions", [])
    asked = [" ".join(str(one).split()) for one in value] if isinstance(value, list) else []
    asked = [one for one in dict.fromkeys(asked) if one]
    if not 1 <= len(asked) <= _MOST_QUESTIONS or any(not 4 <= len(one) <= _LONGEST_QUESTION for one in asked):
        raise Unusable(f"要有 1 到 {_MOST_QUESTIONS} 种问法，每种 4 到 {_LONGEST_QUESTION} 字")
    return [mask(one) for one in asked]


def _text(given: Mapping[str, Any]) -> str:
    text = str(given.get("text", "")).strip()
    if not 2 <= len(text) <= _LONGEST_TEXT:
        raise Unusable(f"答案要有 2 到 {_LONGEST_TEXT} 字")
    if mask(text) != text:
        raise Unusable("答案里有手机号或身份证号：请去掉")
    return text


def _dates(given: Mapping[str, Any]) -> tuple[dt.date, dt.date]:
    try:
        effective, expires = (
            dt.date.fromisoformat(str(given.get(name, ""))) for name in ("effective", "expires")
        )
    except ValueError:
        raise Unusable("生效和失效日期写成 2026-11-22") from None
    if not dt.timedelta(0) <= expires - effective <= dt.timedelta(days=_LONGEST_DAYS):
        raise Unusable("失效日期不能早于生效日期，最长两年：到期前再审一次")
    return effective, expires


def _scope(given: Mapping[str, Any]) -> str:
    scope = str(given.get("scope", "") or "").strip()
    if scope and scope not in TOWNS:
        raise Unusable(f"适用范围「{scope[:20]}」不是本区的街道或镇：从列表里选，全区适用就不选")
    return scope
