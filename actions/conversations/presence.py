"""Who sits at the desk right now, and whether anybody can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from actions.conversations.records import Operator
from actions.conversations.tables import presence
from actions.dialogue.desk import DeskHours, Opening
from actions.tickets.store import Store


class Presence:
    """Operators mark themselves on duty; their page says every few seconds that it is still open.

    :param away_after: after which silence somebody counts as away.
    """

    def __init__(
        self, store: Store, hours: DeskHours, clock: Callable[[], datetime], away_after: timedelta
    ) -> None:
        self._store = store
        self._hours = hours
        self._clock = clock
        self.away_after = away_after

    def mark(self, operator: Operator, on_duty: bool) -> None:
        """在岗 or 离开."""
        with self._store.writing() as connection:
            values = {"name": operator.name, "on_duty": on_duty, "seen": self._clock()}
            self._put(connection, operator, values)

    def seen(self, operator: Operator) -> None:
        """The operator's page is open."""
        now = self._clock()
        with self._store.reading() as connection:
            row = connection.execute(select(presence).where(presence.c.operator == operator.id)).first()
        # Pages ask every few seconds; one write in a quarter of the time is as good and leaves the ledger free.
        if row and now - row.seen < self.away_after / 4 and row.name == operator.name:
            return
        with self._store.writing() as connection:
            values = {"name": operator.name, "on_duty": bool(row and row.on_duty), "seen": now}
            self._put(connection, operator, values)

    def on_duty(self) -> tuple[Operator, ...]:
        """Those who can be asked, by name."""
        with self._store.reading() as connection:
            return self.among(connection)

    def among(self, connection: Connection, within: timedelta | None = None) -> tuple[Operator, ...]:
        """The same inside a transaction.

        :param within: heard of in this time, on duty or not; None: on duty and heard of lately.
        """
        since = self._clock() - (within or self.away_after)
        there = [presence.c.seen >= since] + ([] if within else [presence.c.on_duty.is_(True)])
        rows = connection.execute(
            select(presence).where(*there).order_by(presence.c.name, presence.c.operator)
        )
        return tuple(Operator(row.operator, row.name) for row in rows)

    def opening(self) -> Opening:
        """Whether a resident who asks for a person now can get one, and why not."""
        closed = self._hours.closed(self._clock())
        if closed:
            return closed
        return "open" if self.on_duty() else "nobody"

    def _put(self, connection: Connection, operator: Operator, values: dict[str, object]) -> None:
        mine = update(presence).where(presence.c.operator == operator.id)
        if not connection.execute(mine.values(**values)).rowcount:
            connection.execute(insert(presence).values(operator=operator.id, **values))
