"""Reads what the desk sends about tickets, and writes what it gets back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, get_args

from starlette.datastructures import QueryParams

from actions.accounts.records import Operator
from actions.serving.errors import BodyInvalid
from actions.serving.ticket_bodies import read_text
from actions.tickets.queues import end_of_day
from actions.tickets.records import Actor, Priority, Role
from actions.tickets.register import Event, Wanted
from actions.tickets.reports import plain
from actions.tickets.states import load_states
from actions.tickets.steps import STEPS, Given
from actions.tickets.ticket import Ticket

TRIAGE = "-"  # stands for the queue of tickets without department
WHOLE = "all"  # stands for every state, open or not
_SOON = timedelta(days=3)
_DUE = ("", "overdue", "today", "soon")
_LONGEST = 200
_LARGEST = 2**31 - 1  # of an integer in PostgreSQL
_HIDDEN = ("id", "code", "session", "merged_into")
_TEXTS = ("words", "department", "category", "kind", "into", "score", "priority")


def actor_of(operator: Operator) -> Actor:
    """As it stands in the history: the name for people, the account's id so that two of one name are told apart."""
    role: Role = "supervisor" if operator.has("supervisor") else "operator"
    if operator.bound:
        role = "department"
    return Actor(f"{operator.name}#{operator.id}", role)


def read_filters(query: QueryParams | Mapping[str, Any], now: datetime) -> Wanted:
    """Which tickets the desk wants to see. Raises BodyInvalid."""
    states, departments, categories = (_many(query, name) for name in ("state", "department", "category"))
    open_states = load_states().open_states
    words, due = _one(query, "q"), _one(query, "due")
    if due not in _DUE:
        raise BodyInvalid(f"due 应是 {'、'.join(_DUE[1:])} 之一，或不写")
    wanted = Wanted(
        states=() if WHOLE in states else states or (() if words else open_states),
        departments=[name if name != TRIAGE else "" for name in departments] or None,
        categories=categories,
        channels=_many(query, "channel"),
        priority=_one(query, "priority"),
        words=words,
        leading=not words,
    )
    return _dated(wanted, due, now)


def _dated(wanted: Wanted, due: str, now: datetime) -> Wanted:
    if not due:
        return wanted
    running = [name for name, state in load_states().states.items() if state.clock == "runs"]
    wanted = replace(wanted, states=[s for s in wanted.states or running if s in running] or ["-"])
    if due == "overdue":
        return replace(wanted, overdue_at=now)
    return replace(wanted, due_from=now, due_until=end_of_day(now) if due == "today" else now + _SOON)


def read_page(query: QueryParams, most: int) -> tuple[int, int]:
    """How many tickets, and after how many. Raises BodyInvalid."""
    page, size = (
        _number(query.get(name, default), name) for name, default in (("page", "1"), ("size", "50"))
    )
    if not (1 <= page <= 10_000 and 1 <= size <= most):
        raise BodyInvalid(f"page 从 1 到 10000，size 从 1 到 {most}")
    return size, (page - 1) * size


def read_step(body: Mapping[str, Any], number: str, step: str, actor: Actor) -> tuple[str, Given]:
    """The idempotency key, and what a step needs. Raises BodyInvalid."""
    if step not in STEPS:
        raise BodyInvalid(f"没有「{step[:20]}」这一步，可选：{'、'.join(STEPS)}")
    whole = dict(body)
    texts = {name: read_text(whole, name, "") for name in _TEXTS}
    return read_text(whole, "key"), Given(
        number=number,
        version=read_count(whole, "version"),
        actor=actor,
        days=read_count(whole, "days", 0),
        **texts,
    )


def read_count(body: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A whole number. Raises BodyInvalid."""
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise BodyInvalid(f"{name} 应是不小于 0 的整数" if name in body else f"缺少 {name}")
    return value


def ticket_json(ticket: Ticket) -> dict[str, Any]:
    """What an operator may see of a ticket; the contact is not among it, nor who the reporter is at the channel."""
    values = {name: _plain(value) for name, value in ticket.values().items() if name not in _HIDDEN}
    return {**values, "priority": ticket.priority or get_args(Priority)[0]}


def event_json(event: Event) -> dict[str, Any]:
    """One line of the history."""
    return {name: _plain(value) for name, value in asdict(event).items()}


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _many(query: QueryParams | Mapping[str, Any], name: str) -> list[str]:
    given = query.getlist(name) if isinstance(query, QueryParams) else query.get(name) or []
    if not isinstance(given, list) or len(given) > 60 or not all(isinstance(one, str) for one in given):
        raise BodyInvalid(f"{name} 应是文字的列表，至多 60 项")
    return [plain(one)[:_LONGEST] for one in given if one]


def _one(query: QueryParams | Mapping[str, Any], name: str) -> str:
    given = query.get(name, "")
    if not isinstance(given, str) or len(given) > _LONGEST:
        raise BodyInvalid(f"{name} 应是至多 {_LONGEST} 字的文字")
    return plain(given)


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise BodyInvalid(f"{name} 应是整数")
    return int(text)
