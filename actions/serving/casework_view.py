"""What the desk shows of tickets: a line in a queue, and one ticket with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import select

from actions.accounts.records import Operator
from actions.serving.casework_bodies import actor_of, event_json, ticket_json
from actions.serving.departments import reaches
from actions.tickets.aftercare import Aftercare
from actions.tickets.countdown import countdown
from actions.tickets.deadlines import Deadlines
from actions.tickets.departments import Directory
from actions.tickets.errors import MoveRefused
from actions.tickets.moment import LOCAL
from actions.tickets.records import Kind, Priority
from actions.tickets.register import Event
from actions.tickets.steps import STEPS
from actions.tickets.tables import contacts, extensions, feedback
from actions.tickets.ticket import Ticket

_AS_MOVE = {"survey": "settle"}  # a survey brings about one of two moves, from the same state


class View:
    """Puts together what stands in several places."""

    def __init__(
        self, care: Aftercare, deadlines: Deadlines, directory: Directory, clock: Callable[[], datetime]
    ) -> None:
        self._care = care
        self._office = care.office
        self._deadlines = deadlines
        self._directory = directory
        self._clock = clock

    def line(self, ticket: Ticket) -> dict[str, Any]:
        """One row of a queue."""
        return {**ticket_json(ticket), "countdown": self.countdown(ticket)}

    def countdown(self, ticket: Ticket) -> dict[str, Any]:
        """How it stands with its date."""
        return asdict(countdown(ticket, self._deadlines, self._office.book.life, self._clock()))

    def choices(self) -> dict[str, list[str]]:
        """What there is to choose from in forms."""
        life = self._office.book.life
        return {
            "departments": list(self._directory.units),
            "categories": list(self._directory.service_names()),
            "kinds": list(get_args(Kind)),
            "priorities": list(get_args(Priority)),
            "states": list(life.states),
            "open": list(life.open_states),
            "scores": list(life.scores),
        }

    def whole(self, ticket: Ticket, operator: Operator) -> dict[str, Any]:
        """The ticket, its history, what may be done with it now, and what might help."""
        events = self._office.register.events(ticket)
        leader = self._office.register.number_of(ticket.merged_into) if ticket.merged_into else ""
        following = self._office.register.following(ticket)
        return {
            **self.line(ticket),
            "merged_into": "".join(self._seen([leader], operator)) if leader else "",
            "following": self._seen(following, operator),
            "history": [event_json(event) for event in events],
            "steps": self.steps(ticket, operator),
            "suggestion": self._suggestion(ticket, events),
            "duplicates": self._duplicates(ticket, operator),
            "may_reveal": not operator.bound or operator.reveals,
            **self._kept(ticket),
        }

    def _seen(self, numbers: Iterable[str], operator: Operator) -> list[str]:
        return [one for one in numbers if reaches(self._office.register.get(one), operator)]

    def steps(self, ticket: Ticket, operator: Operator) -> list[str]:
        """What this operator may do with it now."""
        role = actor_of(operator).role
        return [step for step in STEPS if self._allowed(_AS_MOVE.get(step, step), ticket, role)]

    def _allowed(self, move: str, ticket: Ticket, role: str) -> bool:
        try:
            self._office.book.life.after(move, ticket.state, ticket.state_before, role)
        except MoveRefused:
            return False
        # Who follows another ticket moves with that one.
        return ticket.merged_into is None or move in ("note", "reopen", "settle")

    def _suggestion(self, ticket: Ticket, events: tuple[Event, ...]) -> dict[str, Any] | None:
        """The classifier's, until a person has sorted the ticket."""
        if any(event.move in ("assign", "sort") and event.role != "system" for event in events):
            return None
        known = {category.name: category.unit for category in self._directory.categories}
        return {
            "category": ticket.category,
            "kind": ticket.kind,
            "department": known.get(ticket.category, ""),
            "confidence": round(ticket.confidence, 3),
            "sure": ticket.confidence >= self._directory.tuning.threshold,
        }

    def _duplicates(self, ticket: Ticket, operator: Operator) -> list[dict[str, Any]]:
        open_ = self._office.book.life.states[ticket.state].open
        if self._care.duplicates is None or not open_ or ticket.merged_into is not None:
            return []
        found = []
        for suggestion in self._care.duplicates.of(ticket):
            other = self._office.register.get(suggestion.number)
            if not reaches(other, operator):
                continue
            shown = {name: getattr(other, name) for name in ("state", "department", "problem", "place")}
            likeness = round(suggestion.likeness, 3)
            found.append({"number": other.number, "likeness": likeness, **shown})
        return found

    def _kept(self, ticket: Ticket) -> dict[str, Any]:
        """What stands beside the ticket: whether there is a number to call, extensions, what the reporter said."""
        with self._office.store.reading() as connection:
            number = connection.execute(select(contacts.c.ticket_id).where(contacts.c.ticket_id == ticket.id))
            asked = connection.execute(
                select(extensions).where(extensions.c.ticket_id == ticket.id).order_by(extensions.c.id)
            )
            said = connection.execute(
                select(feedback).where(feedback.c.ticket_id == ticket.id).order_by(feedback.c.id)
            )
            return {
                "contact": number.first() is not None,
                "extensions": [
                    {"asked": _time(r.asked), "days": r.days, "reason": r.reason, "granted": r.granted}
                    for r in asked
                ],
                "surveys": [{"at": _time(r.at), "score": r.score, "words": r.words} for r in said],
            }


def _time(at: datetime) -> str:
    return at.astimezone(LOCAL).isoformat(timespec="seconds")
