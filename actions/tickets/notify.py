"""Tells the reporter, over the channel they came by, and the department, on the console, what happened to a ticket.

A listener of the ledger (see ``book.Listener``): what it writes is kept together with the change, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection

from actions.tickets.book import Change
from actions.tickets.moment import LOCAL
from actions.tickets.outbox import Draft, Outbox
from actions.tickets.ticket import Ticket

FILE = Path(__file__).with_name("notices.yml")
CONSOLE = "console"
# The reporter did these, or is told by the reply to what they did.
_OWN = frozenset({"file", "withdraw"})
_ENDS_SURVEY = frozenset({"settle", "dispute", "reopen"})


@cache
def wording() -> dict[str, Any]:
    """``notices.yml``."""
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


class Notices:
    """Writes messages for the changes of the ledger.

    :param desk: the unit that answers for a ticket without department.
    """

    def __init__(self, outbox: Outbox, desk: str) -> None:
        self._outbox = outbox
        self._desk = desk

    def __call__(self, connection: Connection, change: Change) -> None:
        """See ``book.Listener``."""
        ticket = change.ticket
        if change.move in _ENDS_SURVEY:
            self._outbox.take_back(connection, ticket.id, "survey")
        if ticket.session and _is_news(change):
            self._tell_reporter(connection, change)
        leads = ticket.merged_into is None or change.move == "urge"
        if leads and change.move in wording()["department"]:
            self.tell_department(connection, ticket, change.move, f"{ticket.id}:{ticket.version}")

    def tell_department(self, connection: Connection, ticket: Ticket, what: str, occasion: str) -> None:
        """Put a line on the console of the department, or of the desk while there is none.

        :param what: an entry of ``department`` in ``notices.yml``.
        :param occasion: tells this time from other times.
        """
        unit = ticket.department or self._desk
        text = wording()["department"][what].format(**_facts(ticket, "zh"))
        body = {"text": text, "number": ticket.number}
        draft = Draft(what, CONSOLE, unit, body, f"{CONSOLE}:{what}:{occasion}", ticket.id)
        self._outbox.put(connection, draft)

    def _tell_reporter(self, connection: Connection, change: Change) -> None:
        ticket = change.ticket
        language = "en" if ticket.language.startswith("en") else "zh"
        facts = {**change.details, **_facts(ticket, language)}
        text = wording()["moves"][change.move][language].format(**facts)
        key = f"news:{ticket.id}:{ticket.version}"
        self._put(connection, ticket, change.move, {"text": text}, key)
        if change.move == "close":
            body = survey(ticket, language)
            after = change.at + timedelta(hours=wording()["survey"]["after_hours"])
            self._put(connection, ticket, "survey", body, f"survey:{ticket.id}:{ticket.version}", after)

    def _put(
        self,
        connection: Connection,
        ticket: Ticket,
        kind: str,
        body: Mapping[str, Any],
        key: str,
        after: datetime | None = None,
    ) -> None:
        body = {**body, "number": ticket.number, "state": ticket.state}
        draft = Draft(kind, ticket.channel, ticket.session, body, key, ticket.id, after)
        self._outbox.put(connection, draft)


def _is_news(change: Change) -> bool:
    """Whether the reporter doesn't know it yet."""
    if not change.tells or change.move in _OWN or change.move not in wording()["moves"]:
        return False
    if change.move == "ask_back" and "with" in change.details:
        return False  # asked of the one whose ticket leads; this one only follows it
    if change.move == "reschedule":
        return change.before.due != change.ticket.due
    # Sent to its department in the moment it was filed: the receipt has said so.
    return not (change.move == "assign" and change.actor.role == "system")


def survey(ticket: Ticket, language: str) -> dict[str, Any]:
    """The question of 回访 with its buttons; pressing one says the score as a message of the reporter."""
    words = wording()["survey"]
    buttons = [{"title": score[language], "message": score["zh"]} for score in words["scores"]]
    return {"text": words[language].format(number=ticket.number), "buttons": buttons}


def _facts(ticket: Ticket, language: str) -> dict[str, Any]:
    due = ticket.due.astimezone(LOCAL)
    shown = f"{due:%d %b %Y %H:%M}" if language == "en" else f"{due.month}月{due.day}日{due:%H:%M}"
    if ticket.provisional:
        shown += str(wording()["provisional"][language])
    return {
        "number": ticket.number,
        "state": ticket.state,
        "kind": ticket.kind,
        "category": ticket.category,
        "department": ticket.department or wording()["fallback"][language],
        "reply": ticket.reply,
        "urged": ticket.urged,
        "due": shown,
    }
