"""What an editor says of a document, checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.governance.errors import Unusable
from knowledge.documents import DISTRICTS

KIND = "notice"  # how ``knowledge.statements`` reads it: its own words say the year and the status
_LONGEST = {"title": 80, "publisher": 40}
_MOST_CHECKS = 5


@dataclass(frozen=True)
class Described:
    """``entry``: the fields of ``contents.NewDocument`` but id and text; ``canaries``: question and holds."""

    entry: dict[str, Any]
    canaries: list[dict[str, Any]]


def described(given: Mapping[str, Any], flags: Sequence[str], seems: str) -> Described:
    """The same, usable.

    :param flags: names of the document's flags
    :param seems: the district that its text speaks of
    :raises Unusable: naming the field, its value and the fix
    """
    words = {name: _words(given, name) for name in _LONGEST}
    district = str(given.get("district", "")).strip()
    if district not in DISTRICTS:
        raise Unusable(f"district 是「{district[:20]}」：只收 {'、'.join(DISTRICTS)} 的文件")
    if "other_district" in flags and district != seems:
        raise Unusable(
            f"文件讲的是{seems}，不能当作{district}的：只能标明{seems}使用（海曙、镇海以外的不收）"
        )
    published = _date(given.get("published"))
    entry = {**words, "district": district, "published": published.isoformat(), "kind": KIND}
    return Described(
        {**entry, "period": _period(given.get("period"), published)}, _checks(given.get("checks", []))
    )


def _words(given: Mapping[str, Any], name: str) -> str:
    text = " ".join(str(given.get(name, "")).split())
    if not 2 <= len(text) <= _LONGEST[name]:
        raise Unusable(f"{name} 要有 2 到 {_LONGEST[name]} 个字，现在是「{text[:30]}」")
    return text


def _date(value: object) -> dt.date:
    try:
        found = dt.date.fromisoformat(str(value))
    except ValueError:
        raise Unusable(f"published 是「{str(value)[:20]}」：写成 2025-02-20") from None
    if not 2000 <= found.year <= 2049:
        raise Unusable(f"published 是 {found}：年份要在 2000 到 2049 之间")
    return found


def _period(value: object, published: dt.date) -> list[int]:
    try:
        first, last = (int(str(year)) for year in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise Unusable("period 要是两个年份：说的是哪年到哪年") from None
    if not 1990 <= first <= last <= published.year + 30:
        raise Unusable(f"period 是 {first}–{last}：前一年不能晚于后一年，也不能离发布时间太远")
    return [first, last]


def _checks(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > _MOST_CHECKS:
        raise Unusable(f"checks 要是至多 {_MOST_CHECKS} 个核对问题")
    checks = []
    for one in value:
        question = " ".join(str(one.get("question", "")).split()) if isinstance(one, dict) else ""
        holds = [part.strip() for part in one.get("holds", []) if str(part).strip()] if question else []
        if not 2 <= len(question) <= 100 or not holds or any(len(part) > 40 for part in holds):
            raise Unusable("每个核对问题要有问题（2 到 100 字）和答案里应有的字句（至多 40 字）")
        checks.append({"question": question, "holds": holds})
    return checks
