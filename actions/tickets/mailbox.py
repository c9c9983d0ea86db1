"""Messages that their reader fetches: the page of a session, or the console for a department.

    mailbox.fetch("web", session, after=17)   # what came since the message 17, which has been seen

The reader says up to where they have read; only then is a message delivered. A lost reply is therefore fetched again,
and a reader that keeps the last number never shows a message twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import exists, select, update

from actions.tickets.outbox import Letter, letter
from actions.tickets.store import Store
from actions.tickets.tables import outbox

MOST = 50  # messages in one reply


class Mailbox:
    """The table ``outbox``, seen by one reader at a time."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def fetch(self, channel: str, session: str, after: int = 0) -> tuple[Letter, ...]:
        """Unread messages, oldest first; those up to the number ``after`` count as read."""
        mine = outbox.c.channel == channel, outbox.c.session == session, outbox.c.delivered_at.is_(None)
        # Most calls find nothing to mark, and a reader that only looks must not wait for the ledger's writers.
        seen = select(exists().where(*mine, outbox.c.id <= after))
        unread = select(outbox).where(*mine, outbox.c.id > after, outbox.c.due_at <= self._clock())
        with self._store.reading() as connection:
            mark = bool(connection.scalar(seen))
            rows = connection.execute(unread.order_by(outbox.c.id).limit(MOST)).all()
        if mark:
            with self._store.writing() as connection:
                read = update(outbox).where(*mine, outbox.c.id <= after)
                connection.execute(read.values(delivered_at=self._clock()))
        return tuple(letter(row) for row in rows)
