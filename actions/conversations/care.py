"""The rounds over conversations: waits that nobody ends, operators that went away, texts that are old enough to go.

care.round()      # with the rounds over the tickets, every minute; also right after a restart
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from actions.conversations.pen import Pen
from actions.conversations.presence import Presence
from actions.conversations.records import Conversation
from actions.conversations.tables import conversations, utterances
from actions.conversations.tuning import Tuning
from actions.feedback.opinions import Opinions
from actions.tickets.store import Store
from actions.tickets.tables import outbox

_SPOKEN = ("operator", "desk")


class Care:
    """Looks after what nobody looks at. Also erases, on time and on request."""

    def __init__(
        self, store: Store, pen: Pen, presence: Presence, tuning: Tuning, opinions: Opinions
    ) -> None:
        self._store = store
        self._opinions = opinions
        self._pen = pen
        self._presence = presence
        self._tuning = tuning
        self._began = pen.clock()  # after a standstill the operators' pages need a moment to be heard of

    def round(self) -> None:
        """Do all that is due by now.

        :raises LedgerUnusable: when the ledger doesn't answer; what was done before is kept.
        """
        now, table = self._pen.clock(), conversations.c
        closing = self._presence.opening()
        late = now - timedelta(minutes=self._tuning.longest_wait_minutes)
        idle, old = now - timedelta(hours=self._tuning.idle_hours), self._keep_from(now)
        waiting = [table.state == "waiting"] + ([table.waiting_since < late] if closing == "open" else [])
        entry = "gave_up" if closing == "open" else "desk_closed"
        if closing == "open" or self._pen.clock() - self._began > self._presence.away_after:
            self._each(waiting, lambda connection, held: self._end_wait(connection, held, entry))
        self._each([table.state == "human"], self._requeue)
        self._each([table.state != "closed", table.active < idle], self._end)
        self._each(
            [table.erased.is_(None), table.active < old], lambda c, held: self._erase(c, held, "expire")
        )
        self._opinions.erase_before(old)

    def end(self, name: str) -> bool:
        """The resident began another conversation: this one is over; False when there is none."""
        with self._store.writing() as connection:
            held = self._pen.find(connection, name)
            if held and held.state != "closed":
                self._close(connection, held, "restart")
            return held is not None

    def forget(self, session: str, name: str) -> tuple[str, ...]:
        """Erase all that was said in a session; returns its conversations.

        :param name: the present conversation; one that is not written down yet gets no row.
        """
        mine = conversations.c.session == session
        with self._store.writing() as connection:
            rows = connection.execute(select(conversations).where(mine)).all()
            found = [Conversation(**row._mapping) for row in rows]
            for held in found:
                self._erase(connection, held, "forget")
            # Also what another conversation of the same reader left in the mailbox: all of it was talk.
            connection.execute(delete(outbox).where(outbox.c.session == session, outbox.c.kind.in_(_SPOKEN)))
        names = tuple(dict.fromkeys([*(held.id for held in found), name]))
        for one in names:
            self._opinions.erase(one)
        return names

    def _keep_from(self, now: datetime) -> datetime:
        return now - timedelta(days=self._tuning.keep_text_days)

    def _each(
        self, which: Iterable[ColumnElement[bool]], do: Callable[[Connection, Conversation], Any]
    ) -> None:
        query = select(conversations).where(*which).order_by(conversations.c.active)
        with self._store.reading() as connection:
            rows = connection.execute(query.limit(self._tuning.round)).all()
        for row in rows:
            with self._store.writing() as connection:
                held = self._pen.load(connection, row.id)
                if (held.epoch, held.length) == (row.epoch, row.length):  # else: the next round looks anew
                    do(connection, held)

    def _end_wait(self, connection: Connection, held: Conversation, entry: str) -> None:
        held = self._pen.change(connection, held, entry, state="bot", waiting_since=None)
        self._pen.tell(connection, held, entry)

    def _requeue(self, connection: Connection, held: Conversation) -> None:
        within = timedelta(seconds=self._tuning.return_after_seconds)
        if self._pen.clock() - self._began < within:
            return
        if any(one.id == held.owner for one in self._presence.among(connection, within)):
            return
        # Ahead of everybody: this resident has waited once already.
        held = self._pen.change(connection, held, "requeue", state="waiting", waiting_since=held.began)
        self._pen.tell(connection, held, "requeue")

    def _end(self, connection: Connection, held: Conversation) -> None:
        self._close(connection, held, "idle")

    def _close(self, connection: Connection, held: Conversation, why: str) -> Conversation:
        return self._pen.change(
            connection, held, why, state="closed", closed=self._pen.clock(), waiting_since=None
        )

    def _erase(self, connection: Connection, held: Conversation, why: str) -> None:
        """Take the words away; rows, numbers and times stay, so that counts and acts go on to hold."""
        if held.state != "closed":
            held = self._close(connection, held, why)
        mine = utterances.c.conversation == held.id
        gone = {"text": "", "answer": "", "erased": True}
        connection.execute(update(utterances).where(mine).values(**gone))
        letters = outbox.c.session == held.session, outbox.c.kind.in_(_SPOKEN)
        connection.execute(delete(outbox).where(*letters, outbox.c.dedup.startswith(f"said:{held.id}:")))
        self._pen.update(connection, held, mood="", erased=self._pen.clock())
