"""Sends what the outbox holds over the channels that push, until it has arrived.

    delivery.deliver({"telegram": sender})     # every few seconds, from one process or several

At least once: a message is marked after its sender returned, so a crash in between sends it again with the same
``dedup`` key, by which the receiving end knows it. One reader's messages keep their order: a later one waits until the
earlier has arrived.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Row, Select, case, func, select, update

from actions.tickets.envelope import Envelope
from actions.tickets.outbox import Letter, Pace, Quiet, letter
from actions.tickets.store import Store
from actions.tickets.tables import outbox

log = logging.getLogger(__name__)


class Sender(Protocol):
    """One channel that pushes."""

    def send(self, letter: Letter) -> None:
        """Hand it over. Any exception means that it has to be sent again."""
        ...


class Delivery:
    """The sending side of the table ``outbox``.

    :param clock: the present, with its time zone.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        quiet: Quiet,
        pace: Pace,
        envelope: Envelope | None = None,
    ) -> None:
        self._store = store
        self._envelope = envelope or Envelope()
        self._clock = clock
        self._quiet = quiet
        self._pace = pace

    def deliver(self, senders: Mapping[str, Sender]) -> int:
        """Send what is due over the channels that have a sender; returns how many arrived."""
        with self._store.reading() as connection:
            rows = connection.execute(self._due(list(senders))).all()
        return sum(self._send(senders[row.channel], row) for row in rows)

    def claim(self, channel: str) -> tuple[Letter, ...]:
        """What is due over a channel whose own process sends: given out once, and again if it is not ``arrived``."""
        with self._store.reading() as connection:
            rows = connection.execute(self._due([channel])).all()
        return tuple(letter(row, self._envelope) for row in rows if self._take(row))

    def arrived(self, channel: str, number: int) -> None:
        """The message with this id need not be sent any more; an unknown one is no error."""
        mine = outbox.c.id == number, outbox.c.channel == channel, outbox.c.delivered_at.is_(None)
        with self._store.writing() as connection:
            connection.execute(update(outbox).where(*mine).values(delivered_at=self._clock()))

    def undelivered(self) -> int:
        """How many messages are still on their way."""
        with self._store.reading() as connection:
            query = select(func.count()).select_from(outbox).where(outbox.c.delivered_at.is_(None))
            return connection.scalar(query) or 0

    def _due(self, channels: list[str]) -> Select[Any]:
        now = self._clock()
        tried = outbox.c.created > now - timedelta(days=self._pace.try_for_days)
        waiting = outbox.c.delivered_at.is_(None), outbox.c.channel.in_(channels), tried
        # What is said in a conversation doesn't wait for a ticket's news that must not ring at night.
        spoken = case((outbox.c.kind.in_(self._pace.spoken), 1), else_=0).label("spoken")
        line = select(outbox.c.id, outbox.c.channel, outbox.c.session, spoken).where(*waiting).subquery()
        first = select(func.min(line.c.id)).group_by(line.c.channel, line.c.session, line.c.spoken)
        due = select(outbox).where(outbox.c.id.in_(first), outbox.c.due_at <= now)
        return due.order_by(outbox.c.due_at, outbox.c.id).limit(self._pace.round)

    def _take(self, row: Row[Any]) -> bool:
        """Whether it is ours to send now."""
        # A message put off in the night by a failure at eight in the evening must not ring at ten.
        quiet = self._quiet.over(self._clock())
        if quiet > self._clock() and row.kind not in self._pace.spoken:
            self._claim(row, row.attempts, quiet)
            return False
        return self._claim(row, row.attempts + 1, self._clock() + self._pace.wait(row.attempts + 1))

    def _send(self, sender: Sender, row: Row[Any]) -> bool:
        if not self._take(row):
            return False
        try:
            sender.send(letter(row, self._envelope))
        except Exception as error:  # noqa: BLE001 - whatever a channel's library raises, the message has not arrived
            log.warning(
                "message %s over %s: attempt %s failed (%s)",
                row.id,
                row.channel,
                row.attempts + 1,
                type(error).__name__,
            )
            return False
        with self._store.writing() as connection:
            connection.execute(update(outbox).where(outbox.c.id == row.id).values(delivered_at=self._clock()))
        return True

    def _claim(self, row: Row[Any], attempts: int, due: datetime) -> bool:
        """Make it ours for now: of two processes that saw the same row, one gets it."""
        seen = outbox.c.id == row.id, outbox.c.due_at == row.due_at, outbox.c.attempts == row.attempts
        with self._store.writing() as connection:
            values = {"attempts": attempts, "due_at": due}
            kept = update(outbox).where(*seen, outbox.c.delivered_at.is_(None)).values(values)
            return connection.execute(kept).rowcount == 1
