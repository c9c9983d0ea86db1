"""Every step that a person of the house may take, by its name: for the command line and for the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from actions.tickets.casework import Casework
from actions.tickets.records import Actor
from actions.tickets.ticket import Ticket


@dataclass(frozen=True)
class Given:
    """What was given with a step; what it does not use is ignored."""

    number: str
    version: int
    actor: Actor
    words: str = ""
    department: str = ""
    category: str = ""
    kind: str = ""
    days: int = 0
    into: str = ""
    score: str = ""
    priority: str = ""

    @property
    def seen(self) -> tuple[str, int, Actor]:
        """The arguments that all moves take."""
        return self.number, self.version, self.actor


STEPS: Mapping[str, Callable[[Casework, Given], Ticket]] = {
    "accept": lambda work, given: work.accept(*given.seen),
    "assign": lambda work, given: work.assign(*given.seen, given.department, given.category, given.kind),
    "sort": lambda work, given: work.sort(*given.seen, given.category, given.kind),
    "hand_back": lambda work, given: work.hand_back(*given.seen, given.words),
    "start": lambda work, given: work.start(*given.seen),
    "ask_back": lambda work, given: work.ask_back(*given.seen, given.words),
    "supply": lambda work, given: work.supply(*given.seen, given.words),
    "request_extension": lambda work, given: work.request_extension(*given.seen, given.days, given.words),
    "grant": lambda work, given: work.grant(*given.seen),
    "deny": lambda work, given: work.deny(*given.seen, given.words),
    "close": lambda work, given: work.close(*given.seen, given.words),
    "refuse": lambda work, given: work.refuse(*given.seen, given.words),
    "reopen": lambda work, given: work.reopen(*given.seen, given.words),
    "drop_contact": lambda work, given: work.drop_contact(*given.seen, given.words),
    "note": lambda work, given: work.note(*given.seen, given.words),
    "prioritise": lambda work, given: work.prioritise(*given.seen, given.priority),
    "survey": lambda work, given: work.survey(*given.seen, given.score, given.words),
    "merge": lambda work, given: work.merge(*given.seen, given.into),
}
