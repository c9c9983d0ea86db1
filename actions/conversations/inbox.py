"""What operators look at: the list of conversations, and one of them with all that was said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, func, or_, select

from actions.conversations.errors import ConversationUnknown
from actions.conversations.records import Conversation, Utterance
from actions.conversations.tables import conversations, utterances
from actions.conversations.tuning import Tuning
from actions.tickets.store import Store

View = Literal["waiting", "mine", "all"]
_LINE = 60


@dataclass(frozen=True)
class Line:
    """A conversation in the list.

    :param last: the resident's last words, shortened.
    :param unanswered: since when words of the resident wait for the operator who has it.
    """

    conversation: Conversation
    last: str
    unanswered: datetime | None


@dataclass(frozen=True)
class Counted:
    """How many there are in each view."""

    waiting: int
    mine: int
    all: int


class Inbox:
    """Reads only."""

    def __init__(self, store: Store, clock: Callable[[], datetime], tuning: Tuning) -> None:
        self._store = store
        self._clock = clock
        self._tuning = tuning

    def list(self, view: View, operator: str) -> tuple[Line, ...]:
        """Those who wait first and longest at the top; in ``all`` what was active within a day, latest first."""
        table = conversations.c
        order = [table.waiting_since, table.id] if view == "waiting" else [table.active.desc(), table.id]
        query = select(conversations).where(*self._which(view, operator)).order_by(*order)
        with self._store.reading() as connection:
            rows = connection.execute(query.limit(self._tuning.listed)).all()
            return tuple(self._line(connection, Conversation(**row._mapping)) for row in rows)

    def count(self, operator: str) -> Counted:
        """The length of each view."""
        query = select(func.count()).select_from(conversations)
        views: tuple[View, ...] = ("waiting", "mine", "all")
        with self._store.reading() as connection:
            found = [connection.scalar(query.where(*self._which(view, operator))) or 0 for view in views]
        return Counted(*found)

    def show(self, name: str, after: int = 0) -> tuple[Conversation, tuple[Utterance, ...]]:
        """One conversation with what was said after the given number.

        :raises ConversationUnknown: when there is none.
        """
        with self._store.reading() as connection:
            row = connection.execute(select(conversations).where(conversations.c.id == name)).first()
            if row is None:
                raise ConversationUnknown(name)
            mine = utterances.c.conversation == name, utterances.c.number > after
            said = connection.execute(select(utterances).where(*mine).order_by(utterances.c.number)).all()
        return Conversation(**row._mapping), tuple(Utterance(**one._mapping) for one in said)

    def _which(self, view: View, operator: str) -> tuple[ColumnElement[bool], ...]:
        table = conversations.c
        if view == "waiting":
            return (table.state == "waiting",)
        if view == "mine":
            return table.state == "human", table.owner == operator
        recent = table.active > self._clock() - timedelta(days=1)
        return (or_(recent, table.state.in_(("waiting", "human"))),)

    def _line(self, connection: Connection, held: Conversation) -> Line:
        mine = utterances.c.conversation == held.id
        query = select(utterances).where(mine, utterances.c.speaker.in_(("resident", "operator")))
        rows = connection.execute(query.order_by(utterances.c.number.desc()).limit(20)).all()
        said = [row for row in rows if row.speaker == "resident"]
        open_ = []
        for row in rows:
            if row.speaker != "resident":
                break
            open_.append(row.at)
        since = open_[-1] if open_ and held.state == "human" else None
        return Line(held, said[0].text[:_LINE] if said else "", since)


def answer_of(said: Utterance) -> dict[str, Any]:
    """Status and citations of a bot's answer; empty for anything else."""
    return dict(json.loads(said.answer)) if said.answer else {}
