"""Which tickets somebody wants to see; see ``register``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_

from actions.tickets.numbers import tidy_number
from actions.tickets.tables import tickets

_MOST_WORDS = 8
_SEARCHED = ("number", "place", "problem", "reply", "category", "department")


@dataclass(frozen=True)
class Wanted:
    """Which tickets; None or empty means all of them."""

    states: Collection[str] = ()
    departments: Collection[str] | None = None  # {""} is the triage queue
    categories: Collection[str] = ()
    numbers: Collection[str] = ()
    channels: Collection[str] = ()
    since: datetime | None = None  # created then or later
    until: datetime | None = None
    overdue_at: datetime | None = None
    due_from: datetime | None = None  # open ones whose date lies in between
    due_until: datetime | None = None
    words: str = ""  # each of them somewhere in number, place, problem, answer, category or department
    priority: str = ""
    leading: bool = False  # without those that follow another one


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """For a query over ``tickets``."""
    columns = tickets.c
    found: list[ColumnElement[bool]] = []
    for values, column in (
        (wanted.states, columns.state),
        (wanted.categories, columns.category),
        (wanted.numbers, columns.number),
        (wanted.channels, columns.channel),
        (wanted.departments, columns.department),
        ((wanted.priority,) if wanted.priority else (), columns.priority),
    ):
        if values:
            found.append(column.in_(list(values)))
    if wanted.since is not None:
        found.append(columns.created >= wanted.since)
    if wanted.until is not None:
        found.append(columns.created <= wanted.until)
    if wanted.leading:
        found.append(columns.merged_into.is_(None))
    return [*found, *_dates(wanted), *(_somewhere(word) for word in wanted.words.split()[:_MOST_WORDS])]


def _dates(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns, found = tickets.c, []
    if wanted.overdue_at is not None:
        found += [columns.due < wanted.overdue_at, columns.closed.is_(None)]
    if wanted.due_from is not None:
        found += [columns.due >= wanted.due_from, columns.closed.is_(None)]
    if wanted.due_until is not None:
        found += [columns.due < wanted.due_until, columns.closed.is_(None)]
    return found


def _somewhere(word: str) -> ColumnElement[bool]:
    whole = tidy_number(word)
    if whole:
        return tickets.c.number == whole
    return or_(*(tickets.c[name].icontains(word, autoescape=True) for name in _SEARCHED))
