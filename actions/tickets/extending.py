"""延期: asked for before the date, decided by a supervisor; see ``casework``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from actions.tickets.clocks import Clocks
from actions.tickets.moving import Mover
from actions.tickets.records import Actor
from actions.tickets.reports import required_words
from actions.tickets.ticket import Ticket


class Extending:
    """The three moves of an extension."""

    def __init__(self, mover: Mover, clocks: Clocks) -> None:
        self._mover = mover
        self._clocks = clocks

    def request_extension(self, number: str, version: int, actor: Actor, days: int, reason: str) -> Ticket:
        """Ask for more working days; only while there is still time."""
        reason = required_words("reason", reason)

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            self._clocks.ask(connection, ticket, days, reason)
            return {}

        details = {"days": days, "reason": reason}
        return self._mover.move("request_extension", number, version, actor, details, prepare)

    def grant(self, number: str, version: int, actor: Actor) -> Ticket:
        """Allow what was asked; the due date moves."""

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            days = ticket.extension_days + self._clocks.decide(connection, ticket, granted=True)
            return {"extension_days": days, **self._clocks.due(connection, ticket, extension_days=days)}

        return self._mover.move("grant", number, version, actor, {}, prepare)

    def deny(self, number: str, version: int, actor: Actor, reason: str) -> Ticket:
        """Do not allow it; the due date stays."""

        def prepare(connection: Connection, ticket: Ticket) -> dict[str, Any]:
            self._clocks.decide(connection, ticket, granted=False)
            return {}

        return self._mover.move(
            "deny", number, version, actor, {"reason": required_words("reason", reason)}, prepare
        )
