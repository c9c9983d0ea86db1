"""The names of departments, categories and kinds that operators may give, and what sorting a ticket anew changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import Connection

from actions.tickets.clocks import Clocks
from actions.tickets.errors import ReportInvalid
from actions.tickets.records import Kind
from actions.tickets.reports import checked_words, known_name, required_words
from actions.tickets.ticket import Ticket


@dataclass(frozen=True)
class Names:
    """What there is; an empty collection means that any name is taken."""

    units: Collection[str] = ()
    categories: Collection[str] = ()

    def department(self, name: str) -> str:
        """A department that exists. Raises ReportInvalid."""
        return known_name("department", required_words("department", name, 60), self.units)

    def sorted(
        self, connection: Connection, clocks: Clocks, ticket: Ticket, category: str, kind: str
    ) -> dict[str, Any]:
        """The columns of a ticket that is of this category and kind; empty ones stay as they are.

        :raises ReportInvalid: for a category or kind that does not exist
        """
        if kind and kind not in get_args(Kind):
            raise ReportInvalid(f"kind「{kind[:20]}」不存在，可选：{'、'.join(get_args(Kind))}")
        category = known_name("category", checked_words("category", category, 40), self.categories)
        found = {"category": category or ticket.category, "kind": kind or ticket.kind}
        same = (found["category"], found["kind"]) == (ticket.category, ticket.kind)
        return {} if same else {**found, **clocks.due(connection, ticket, **found)}
