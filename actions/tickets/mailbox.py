"""Messages that their reader fetches: the page of a session, or the console for a department.

    mailbox.fetch("web", session, seen=[17, 19])   # what is new, now that 17 and 19 have been shown

The reader names what it has shown; only then is a message delivered. A lost reply is therefore fetched again, and a
reader that remembers what it has shown never shows a message twice. Not a single "up to here": a message that was
written earlier may become due later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import exists, select, update

from actions.tickets.envelope import Envelope
from actions.tickets.outbox import Letter, letter
from actions.tickets.store import Store
from actions.tickets.tables import outbox

_LARGEST = 2**31 - 1  # of an id: PostgreSQL refuses to compare with more
MOST = 50  # messages in one reply, and so to be named at once


class Mailbox:
    """The table ``outbox``, seen by one reader at a time."""

    def __init__(self, store: Store, clock: Callable[[], datetime], envelope: Envelope | None = None) -> None:
        self._store = store
        self._envelope = envelope or Envelope()
        self._clock = clock

    def fetch(self, channel: str, session: str, seen: Sequence[int] = ()) -> tuple[Letter, ...]:
        """Unread messages, oldest first; those in ``seen`` count as read, others' among them are left alone."""
        mine = outbox.c.channel == channel, outbox.c.session == session, outbox.c.delivered_at.is_(None)
        shown = outbox.c.id.in_([number for number in seen if number <= _LARGEST])
        unread = select(outbox).where(*mine, ~shown, outbox.c.due_at <= self._clock())
        with self._store.reading() as connection:
            # Most calls find nothing to mark, and a reader that only looks must not wait for the ledger's writers.
            mark = bool(seen) and bool(connection.scalar(select(exists().where(*mine, shown))))
            rows = connection.execute(unread.order_by(outbox.c.due_at, outbox.c.id).limit(MOST)).all()
        if mark:
            with self._store.writing() as connection:
                read = update(outbox).where(*mine, shown)
                connection.execute(read.values(delivered_at=self._clock()))
        return tuple(letter(row, self._envelope) for row in rows)
