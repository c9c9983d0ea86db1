"""What operators and supervisors do with a ticket. Every call is one committed transaction.

    casework.assign(number, version, actor, "城市管理局", category="路灯")
    casework.close(number, version, actor, reply="路灯已换。")

``version`` is that of the ticket the operator has seen. If somebody has changed it since, the call raises ``Conflict``
and changes nothing; who was first keeps what they did. ``MoveRefused`` says what the state or the role does not allow.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import replace
from typing import Any, get_args

from sqlalchemy import Connection, insert

from actions.privacy import mask
from actions.tickets.book import Book
from actions.tickets.clocks import Clocks
from actions.tickets.contacts import erase
from actions.tickets.errors import ReportInvalid
from actions.tickets.extending import Extending
from actions.tickets.merging import merge
from actions.tickets.moment import written
from actions.tickets.moving import Mover
from actions.tickets.names import Names
from actions.tickets.once import Once
from actions.tickets.records import SYSTEM, Actor, Priority
from actions.tickets.reports import checked_key, checked_words, known_name, required_words
from actions.tickets.tables import feedback
from actions.tickets.ticket import Ticket


class Casework(Extending):
    """The operators' side of the ledger.

    :param units: departments that exist; empty: any name is taken
    :param categories: likewise
    """

    def __init__(
        self, book: Book, clocks: Clocks, units: Collection[str] = (), categories: Collection[str] = ()
    ) -> None:
        self._book = book
        super().__init__(Mover(book, Once(book.chain, book.clock)), clocks)
        self._names = Names(units, categories)

    def under(self, key: str) -> Casework:
        """The same for one request: what it has done already it does not do again, but returns the ticket as it is."""
        bound = copy(self)
        bound._mover = replace(self._mover, key=checked_key(key))
        return bound

    def accept(self, number: str, version: int, actor: Actor) -> Ticket:
        """受理."""
        return self._mover.move("accept", number, version, actor)

    def assign(
        self, number: str, version: int, actor: Actor, department: str, category: str = "", kind: str = ""
    ) -> Ticket:
        """派单 to a department, correcting category and kind where given."""
        department = self._names.department(department)

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            sort = self._names.sorted(connection, self._clocks, ticket, category, kind)
            return {"department": department, **sort}

        details = {"department": department, "category": category, "kind": kind}
        return self._mover.move("assign", number, version, actor, details, prepare)

    def sort(self, number: str, version: int, actor: Actor, category: str, kind: str = "") -> Ticket:
        """Correct what a ticket is about without sending it anywhere."""

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            wanted = required_words("category", category, 40)
            return self._names.sorted(connection, self._clocks, ticket, wanted, kind)

        return self._mover.move("sort", number, version, actor, {"category": category, "kind": kind}, prepare)

    def hand_back(self, number: str, version: int, actor: Actor, reason: str) -> Ticket:
        """The department says that it is not theirs."""
        details = {"reason": required_words("reason", reason)}
        return self._mover.move("hand_back", number, version, actor, details, lambda *_: {"department": ""})

    def start(self, number: str, version: int, actor: Actor) -> Ticket:
        """开始办理."""
        return self._mover.move("start", number, version, actor)

    def ask_back(self, number: str, version: int, actor: Actor, question: str) -> Ticket:
        """Ask the reporter for more; the clock stands still until it comes."""
        question = required_words("question", question)

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            self._clocks.pause(connection, ticket, question)
            return {"state_before": ticket.state}

        return self._mover.move("ask_back", number, version, actor, {"question": question}, prepare)

    def supply(self, number: str, version: int | None, actor: Actor, words: str) -> Ticket:
        """What the reporter added; the clock goes on."""

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            self._clocks.resume(connection, ticket)
            return {"state_before": "", **self._clocks.due(connection, ticket)}

        return self._mover.move(
            "supply", number, version, actor, {"words": required_words("words", words)}, prepare
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
        return self._mover.move(
            "reopen", number, version, actor, details, lambda _, ticket: self._clocks.restarted(ticket)
        )

    def survey(self, number: str, version: int, actor: Actor, score: str, words: str) -> Ticket:
        """回访 by a person: what the reporter says on the phone; 不满意 starts a new, shorter term."""
        move = self._book.life.score(score)
        given = {"score": score, "words": mask(checked_words("words", words, 500))}

        def prepare(_: Connection, ticket: Ticket) -> dict[str, Any]:
            return {
                "solved": move == "settle",
                **(self._clocks.restarted(ticket) if move == "dispute" else {}),
            }

        def after(connection: Connection, ticket: Ticket) -> None:
            connection.execute(insert(feedback), {"ticket_id": ticket.id, "at": ticket.updated, **given})

        return self._mover.move(move, number, version, actor, given, prepare, after)

    def prioritise(self, number: str, version: int, actor: Actor, priority: str) -> Ticket:
        """加急, or 普通 again: where it stands in the queues. The due date stays."""
        known_name("priority", required_words("priority", priority, 8), get_args(Priority))
        kept = {"priority": None if priority == get_args(Priority)[0] else priority}
        return self._mover.move("prioritise", number, version, actor, {"priority": priority}, lambda *_: kept)

    def note(self, number: str, version: int, actor: Actor, words: str) -> Ticket:
        """An internal note; no resident ever reads it."""
        words = mask(required_words("words", words))  # a caller's number belongs where it is encrypted
        return self._mover.move("note", number, version, actor, {"words": words})

    def drop_contact(self, number: str, version: int, actor: Actor, reason: str) -> Ticket:
        """Delete the phone number for good, because its owner wants it; raises ReportInvalid where there is none."""

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            if not erase(connection, ticket):
                raise ReportInvalid(f"工单 {number} 没有留联系电话：没有要删的")
            return {}

        details = {"reason": required_words("reason", reason, 200)}
        return self._mover.move("drop_contact", number, version, actor, details, prepare)

    def merge(self, number: str, version: int, actor: Actor, into: str) -> Ticket:
        """Let a ticket follow another one of the same matter; it then moves with it."""
        with self._book.writing() as connection:
            ticket, done = self._mover.taken_up(connection, "merge", number, version)
            if done:
                return ticket
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

        return self._mover.move(move, number, version, actor, details, prepare)
