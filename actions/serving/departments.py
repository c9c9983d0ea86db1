"""Which tickets somebody of a department has: those that are with it now. To them no other exists."""

from __future__ import annotations

from dataclasses import replace

from actions.accounts.records import Operator
from actions.tickets.errors import NotFound
from actions.tickets.register import Wanted
from actions.tickets.ticket import Ticket

_NOBODY = "-"  # the name of no department


def reaches(ticket: Ticket, who: Operator) -> bool:
    """Whether ``who`` may see it."""
    return not who.bound or ticket.department == who.department


def reached(ticket: Ticket, who: Operator) -> Ticket:
    """The ticket. Raises NotFound, the same as for a number that was never given."""
    if not reaches(ticket, who):
        raise NotFound
    return ticket


def within_reach(wanted: Wanted, who: Operator) -> Wanted:
    """The same wish, for what ``who`` may see."""
    if not who.bound:
        return wanted
    asked = wanted.departments is None or who.department in wanted.departments
    return replace(wanted, departments=[who.department if asked else _NOBODY])
