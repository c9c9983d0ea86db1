"""What operators and supervisors do with a ticket. Every call is one committed transaction.

    casework.assign(number, version, actor, "城市管理局", category="路灯")
    casework.close(number, version, actor, reply="路灯已换。")

``version`` is that of the ticket the operator has seen. If somebody has changed it since, the call raises ``Conflict``
and changes nothing; who was first keeps what they did. ``MoveRefused`` says what the state or the role does not allow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, get_args

from sqlalchemy import Connection

from actions.tickets.book import Book
from actions.tickets.clocks import Clocks
from actions.tickets.errors import ReportInvalid
from actions.tickets.merging import lead, merge
from actions.tickets.moment import written
from actions.tickets.records import SYSTEM, Actor, Kind
from actions.tickets.reports import checked_words, known_name, required_words
from actions.tickets.ticket import Ticket

Prepare = Callable[[Connection, Ticket], dict[str, Any]]


class Casework:
    """The operators' side of the ledger.

    :param units: departments that exist; empty: any name is taken
    :param categories: likewise
    """

    def __init__(
        self, book: Book, clocks: Clocks, units: Collection[str] = (), categories: Collection[str] = ()
    ) -> None:
        self._book = book
        self._clocks = clocks
        self._units = units
        self._categories = categories

    def accept(self, number: str, version: int, actor: Actor) -> Ticket:
        """受理."""
        return self._move("accept", number, version, actor)

    def assign(
        self, number: str, version: int, actor: Actor, department: str, category: str = "", kind: str = ""
    ) -> Ticket:
        """派单 to a department, correcting category and kind where given."""
        department = known_name("department", required_words("department", department, 60), self._units)

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            return {"department": department, **self._sorted(connection, ticket, category, kind)}

        details = {"department": department, "category": category, "kind": kind}
        return self._move("assign", number, version, actor, details, prepare)

    def sort(self, number: str, version: int, actor: Actor, category: str, kind: str = "") -> Ticket:
        """Correct what a ticket is about without sending it anywhere."""

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            return self._sorted(connection, ticket, required_words("category", category, 40), kind)

        return self._move("sort", number, version, actor, {"category": category, "kind": kind}, prepare)

    def hand_back(self, number: str, version: int, actor: Actor, reason: str) -> Ticket:
        """The department says that it is not theirs."""
        details = {"reason": required_words("reason", reason)}
        return self._move("hand_back", number, version, actor, details, lambda *_: {"department": ""})

    def start(self, number: str, version: int, actor: Actor) -> Ticket:
        """开始办理."""
        return self._move("start", number, version, actor)

    def ask_back(self, number: str, version: int, actor: Actor, question: str) -> Ticket:
        """Ask the reporter for more; the clock stands still until it comes."""
        question = required_words("question", question)

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            self._clocks.pause(connection, ticket, question)
            return {"state_before": ticket.state}

        return self._move("ask_back", number, version, actor, {"question": question}, prepare)

    def supply(self, number: str, version: int | None, actor: Actor, words: str) -> Ticket:
        """What the reporter added; the clock goes on."""

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            self._clocks.resume(connection, ticket)
            return {"state_before": "", **self._clocks.due(connection, ticket)}

        return self._move(
            "supply", number, version, actor, {"words": required_words("words", words)}, prepare
        )

    def request_extension(self, number: str, version: int, actor: Actor, days: int, reason: str) -> Ticket:
        """Ask for more working days; only while there is still time."""
        reason = required_words("reason", reason)

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            self._clocks.ask(connection, ticket, days, reason)
            return {}

        details = {"days": days, "reason": reason}
        return self._move("request_extension", number, version, actor, details, prepare)

    def grant(self, number: str, version: int, actor: Actor) -> Ticket:
        """Allow what was asked; the due date moves."""

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            days = ticket.extension_days + self._clocks.decide(connection, ticket, granted=True)
            return {"extension_days": days, **self._clocks.due(connection, ticket, extension_days=days)}

        return self._move("grant", number, version, actor, {}, prepare)

    def deny(self, number: str, version: int, actor: Actor, reason: str) -> Ticket:
        """Do not allow it; the due date stays."""

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            self._clocks.decide(connection, ticket, granted=False)
            return {}

        return self._move(
            "deny", number, version, actor, {"reason": required_words("reason", reason)}, prepare
        )

    def close(self, number: str, version: int, actor: Actor, reply: str) -> Ticket:
        """办结, with the answer that the reporter reads. Whether it is solved, the reporter says."""
        return self._end("close", number, version, actor, {"reply": required_words("reply", reply)})

    def refuse(self, number: str, version: int, actor: Actor, reason: str) -> Ticket:
        """不予受理, with the reason that the reporter reads."""
        return self._end("refuse", number, version, actor, {"reply": required_words("reason", reason)})

    def reopen(self, number: str, version: int, actor: Actor, reason: str) -> Ticket:
        """A supervisor takes it up again, with a shorter term."""
        details = {"reason": required_words("reason", reason)}
        return self._move(
            "reopen", number, version, actor, details, lambda _, ticket: self._clocks.restarted(ticket)
        )

    def note(self, number: str, version: int, actor: Actor, words: str) -> Ticket:
        """An internal note; no resident ever reads it."""
        return self._move("note", number, version, actor, {"words": required_words("words", words)})

    def merge(self, number: str, version: int, actor: Actor, into: str) -> Ticket:
        """Let a ticket follow another one of the same matter; it then moves with it."""
        with self._book.writing() as connection:
            ticket = self._book.load(connection, number, version)
            self._clocks.resume(connection, ticket)
            return merge(connection, self._book, ticket, self._book.load(connection, into), actor)

    def reschedule(self, number: str) -> Ticket:
        """Count the due date anew by the present rules and holidays; nothing is written where it stays."""
        with self._book.writing() as connection:
            ticket = self._book.load(connection, number)
            due = self._clocks.due(connection, ticket)
            if (ticket.due, ticket.provisional) == (due["due"], due["provisional"]):
                return ticket
            details = {"from": written(ticket.due), "to": written(due["due"])}
            return self._book.apply(connection, ticket, "reschedule", SYSTEM, due, details)

    def _end(self, move: str, number: str, version: int, actor: Actor, details: dict[str, Any]) -> Ticket:
        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            self._clocks.resume(connection, ticket)
            return {"state_before": "", "closed": self._book.clock(), "reply": details["reply"]}

        return self._move(move, number, version, actor, details, prepare)

    def _sorted(self, connection: Connection, ticket: Ticket, category: str, kind: str) -> dict[str, Any]:
        if kind and kind not in get_args(Kind):
            raise ReportInvalid(f"kind「{kind[:20]}」不存在，可选：{'、'.join(get_args(Kind))}")
        category = known_name("category", checked_words("category", category, 40), self._categories)
        found = {"category": category or ticket.category}
        found["kind"] = kind or ticket.kind
        same = (found["category"], found["kind"]) == (ticket.category, ticket.kind)
        return {} if same else {**found, **self._clocks.due(connection, ticket, **found)}

    def _move(
        self,
        move: str,
        number: str,
        version: int | None,
        actor: Actor,
        details: Mapping[str, Any] | None = None,
        prepare: Prepare = lambda *_: {},
    ) -> Ticket:
        with self._book.writing() as connection:
            ticket = self._book.load(connection, number, version)
            # First of all, so that a move which is not allowed is refused for that and for nothing else.
            self._book.life.after(move, ticket.state, ticket.state_before, actor.role)
            after = self._book.apply(connection, ticket, move, actor, prepare(connection, ticket), details)
            lead(connection, self._book, after, move, actor)
            return after
