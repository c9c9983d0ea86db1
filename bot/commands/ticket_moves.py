"""What ``tickets move`` can do, by the names of ``states.yml``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from actions.tickets.casework import Casework
from actions.tickets.records import Actor
from actions.tickets.ticket import Ticket


@dataclass(frozen=True)
class Given:
    """What stood on the command line; what a move does not use is ignored."""

    number: str
    version: int
    actor: Actor
    words: str = ""
    department: str = ""
    category: str = ""
    kind: str = ""
    days: int = 0
    into: str = ""

    @property
    def seen(self) -> tuple[str, int, Actor]:
        """The arguments that all moves take."""
        return self.number, self.version, self.actor


MOVES: Mapping[str, Callable[[Casework, Given], Ticket]] = {
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
    "note": lambda work, given: work.note(*given.seen, given.words),
    "prioritise": lambda work, given: work.prioritise(*given.seen, given.words),
    "merge": lambda work, given: work.merge(*given.seen, given.into),
}
