"""Messages to readers, written in the transaction of what they announce.

    with book.writing() as connection:
        …
        outbox.put(connection, Draft("close", "telegram", session, {"text": "…"}, dedup="7:12", ticket_id=7))

``delivery.py`` sends them; what a page fetches is in ``mailbox.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Row, insert, select

from actions.tickets.envelope import Envelope
from actions.tickets.moment import LOCAL
from actions.tickets.tables import outbox

FILE = Path(__file__).with_name("outbox.yml")


@dataclass(frozen=True)
class Pace:
    """``outbox.yml``."""

    first_wait_seconds: float
    longest_wait_seconds: float
    try_for_days: float
    round: int
    fetched: frozenset[str]
    spoken: frozenset[str] = frozenset()

    @classmethod
    def load(cls) -> Pace:
        """The project's own."""
        data = yaml.safe_load(FILE.read_text("utf-8"))
        return cls(**{**data, **{name: frozenset(data[name]) for name in ("fetched", "spoken")}})

    def wait(self, attempts: int) -> timedelta:
        """How long after the attempt of that number the next one is made."""
        # The exponent is bounded: 2 to the power of thousands of attempts would not fit a float.
        seconds = self.first_wait_seconds * 2 ** min(attempts - 1, 40)
        return timedelta(seconds=min(seconds, self.longest_wait_seconds))


@dataclass(frozen=True)
class Quiet:
    """Hours of the night in which nothing rings. ``begin`` equal to ``end``: there are none."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Quiet:
        """From ``"20:30-08:00"``; empty means none. Raises ValueError naming the text."""
        if not text:
            return cls(time(0), time(0))
        begin, dash, end = text.partition("-")
        if not dash:
            raise ValueError(f"安静时段「{text}」要写成 20:30-08:00，或留空")
        return cls(time.fromisoformat(begin.strip()), time.fromisoformat(end.strip()))

    def over(self, moment: datetime) -> datetime:
        """``moment``, or the end of the quiet hours it lies in."""
        moment = moment.astimezone(LOCAL)
        clock, end = moment.time(), datetime.combine(moment.date(), self.end, LOCAL)
        if self.begin < self.end:
            return end if self.begin <= clock < self.end else moment
        if self.begin > self.end and (clock >= self.begin or clock < self.end):
            return end if clock < self.end else end + timedelta(days=1)
        return moment


@dataclass(frozen=True)
class Draft:
    """A message to be written.

    :param session: the reader, as the channel knows them.
    :param body: ``text`` and what the channel may show with it; plain JSON values.
    :param dedup: the same key again writes nothing.
    :param after: not before then; None: as soon as may be.
    """

    kind: str
    channel: str
    session: str
    body: Mapping[str, Any]
    dedup: str
    ticket_id: int | None = None
    after: datetime | None = None


@dataclass(frozen=True)
class Letter:
    """A message as a sender gets it. ``id`` grows with time, ``dedup`` is the same at every attempt."""

    id: int
    dedup: str
    kind: str
    session: str
    body: dict[str, Any]
    created: datetime


class Outbox:
    """The table ``outbox``.

    :param clock: the present, with its time zone.
    :param envelope: seals what holds somebody's number; None: nothing is sealed.
    """

    def __init__(
        self, clock: Callable[[], datetime], quiet: Quiet, pace: Pace, envelope: Envelope | None = None
    ) -> None:
        self._clock = clock
        self._envelope = envelope or Envelope()
        self.quiet = quiet
        self.pace = pace

    def put(self, connection: Connection, draft: Draft) -> bool:
        """Write a message inside the caller's transaction; False when its key is known already."""
        if connection.execute(select(outbox.c.id).where(outbox.c.dedup == draft.dedup)).first():
            return False
        created = self._clock()
        due = draft.after or created
        at_once = draft.channel in self.pace.fetched or draft.kind in self.pace.spoken
        values = {
            "ticket_id": draft.ticket_id,
            "kind": draft.kind,
            "channel": draft.channel,
            "session": draft.session,
            "body": self._envelope.close(draft.body, draft.dedup),
            "created": created,
            "due_at": due if at_once else self.quiet.over(due),
            "attempts": 0,
            "dedup": draft.dedup,
        }
        connection.execute(insert(outbox), values)
        return True

    def take_back(self, connection: Connection, ticket_id: int, kind: str) -> None:
        """Forget the messages of that kind about a ticket that nobody has read."""
        waiting = outbox.c.ticket_id == ticket_id, outbox.c.kind == kind, outbox.c.delivered_at.is_(None)
        connection.execute(outbox.delete().where(*waiting))


def letter(row: Row[Any], envelope: Envelope) -> Letter:
    """A row of ``select(outbox)`` as a message."""
    body = envelope.open(row.body, row.dedup)
    return Letter(row.id, row.dedup, row.kind, row.session, body, row.created)
