"""Curated answers as the desk's pages show them: versions together, forms filled from what there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.console.errors import Refused

STATES = {"draft": "待审核", "approved": "在用", "refused": "未采用"}
_KEPT = dt.timedelta(days=365)


@dataclass(frozen=True)
class Group:
    """One entry: its newest version, the version that is told now, and those before."""

    newest: dict[str, Any]
    told: dict[str, Any] | None  # None: nothing of it is in force
    earlier: tuple[dict[str, Any], ...]  # the newest first


def grouped(entries: Sequence[dict[str, Any]], today: dt.date) -> list[Group]:
    """Versions of one entry together; what waits for a review first, then the newest."""
    roots: dict[int, list[dict[str, Any]]] = {}
    for one in entries:
        roots.setdefault(one["root"], []).append(one)
    groups = []
    for versions in roots.values():
        newest, *earlier = sorted(versions, key=lambda one: -int(one["version"]))
        begun_ = (one for one in (newest, *earlier) if _begun(one, today))
        groups.append(Group(newest, next(begun_, None), tuple(earlier)))
    return sorted(groups, key=lambda group: (group.newest["state"] != "draft", -int(group.newest["id"])))


def _begun(one: Mapping[str, Any], today: dt.date) -> bool:
    return one["state"] == "approved" and str(one["effective"]) <= today.isoformat()


def prefilled(entries: Sequence[Mapping[str, Any]], number: str) -> dict[str, str]:
    """The form of a new version, filled from the one before. Raises Refused."""
    old = next((one for one in entries if str(one["id"]) == number), None)
    if old is None:
        raise Refused("not_found", "没有这一条", 404)
    evidence = {
        name: str(old["evidence"].get(name, "")) for name in ("source", "quote", "conversation", "number")
    }
    kept = {name: str(old[name]) for name in ("text", "effective", "expires", "scope")}
    return {**evidence, **kept, "questions": "\n".join(old["questions"]), "replaces": number}


def begun(
    said: Sequence[Mapping[str, Any]], conversation: str, number: int, today: dt.date
) -> dict[str, str] | None:
    """The form for an answer made of reply ``number``, with what the resident had asked; None for no person's reply."""
    reply = next((one for one in said if one["number"] == number), None)
    if reply is None or reply["speaker"] != "operator" or reply["erased"] or reply["withheld"]:
        return None
    before = [
        one for one in said if one["number"] < number and one["speaker"] == "resident" and not one["erased"]
    ]
    return {
        "questions": str(before[-1]["text"])[:100] if before else "",
        "text": str(reply["text"]),
        "reply": str(reply["text"]),
        "conversation": conversation,
        "number": str(number),
        "effective": today.isoformat(),
        "expires": (today + _KEPT).isoformat(),
    }
