"""Reads what callers send about tickets, and writes what they get back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, get_args

from fastapi import Request

from actions.serving.errors import BodyInvalid
from actions.tickets.moment import LOCAL
from actions.tickets.numbers import tidy_number
from actions.tickets.records import Kind, PublicTicket, Receipt, Report
from actions.tickets.register import Wanted
from actions.tickets.reports import plain

_KINDS = get_args(Kind)
_FIELDS = tuple(field.name for field in fields(Report))
# What a field must be, where it is not a text.
_OTHER: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("consent", "callback"), (lambda value: isinstance(value, bool), "true 或 false")),
    **dict.fromkeys(("lat", "long"), (lambda value: value is None or _is_number(value), "数字")),
    "kind": (lambda value: value is None or value in _KINDS, "、".join(_KINDS)),
}


def read_report(body: dict[str, Any]) -> Report:
    """A report from JSON.

    :raises BodyInvalid: naming the field that is unknown, missing or of another type
    """
    if unknown := sorted(plain(name) for name in set(body) - set(_FIELDS)):
        raise BodyInvalid(f"不认识的字段 {'、'.join(unknown)[:80]}；可用：{'、'.join(_FIELDS)}、key")
    read_text(body, "problem")
    for name, value in body.items():
        fits, what = _OTHER.get(name, (lambda value: isinstance(value, str), "文字"))
        if not fits(value):
            raise BodyInvalid(f"{name} 应是{what}")
    return Report(**body)


def read_wanted(request: Request) -> Wanted:
    """What to list.

    :raises BodyInvalid: without a channel, or with a time that is none
    """
    query = request.query_params
    if not query.get("channel"):
        raise BodyInvalid("要有 channel：只列出公开渠道的工单")
    return Wanted(
        channels=[plain(channel) for channel in query.getlist("channel")],
        states=[plain(state) for state in query.getlist("state")],
        categories=[plain(category) for category in query.getlist("category")],
        numbers=[tidy_number(number) or "-" for number in query.getlist("number")],
        since=read_moment(query.get("since", ""), "since"),
        until=read_moment(query.get("until", ""), "until"),
    )


def as_json(record: Receipt | PublicTicket) -> dict[str, Any]:
    """A record as JSON; times in ISO 8601 with their zone."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(record).items()}


def read_moment(text: str, name: str) -> datetime | None:
    """A time; without a zone it is the district's. Raises BodyInvalid."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=LOCAL)).astimezone(LOCAL)
    except (ValueError, OverflowError):
        raise BodyInvalid(f"{name} 应是 ISO 8601 的时间，例如 2026-11-22T09:30:00+08:00") from None


def read_proof(body: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The idempotency key, and what shows that the caller may: code or session. Raises BodyInvalid."""
    return read_text(body, "key"), {name: read_text(body, name, "") for name in ("code", "session")}


def read_text(body: dict[str, Any], name: str, default: str | None = None) -> str:
    """A text field without characters that no database takes. Raises BodyInvalid when it is missing."""
    value = body.get(name, default)
    if not isinstance(value, str):
        raise BodyInvalid(f"{name} 应是文字" if name in body else f"缺少 {name}")
    return plain(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
