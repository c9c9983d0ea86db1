"""Each change of what is served, as a row that says how far it has got."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, select, update

from actions.accounts.acts import Acts
from actions.accounts.records import Operator
from actions.governance.errors import NotFound
from actions.governance.publish import Publication
from actions.governance.tables import publications as table
from actions.tickets.store import Store

RUNNING = ("wait", "build", "load", "check", "switch")
MOST_LISTED = 30


class Publications:
    """The table ``publications``."""

    def __init__(self, store: Store, acts: Acts, clock: Callable[[], dt.datetime]) -> None:
        self._store, self._acts, self._clock = store, acts, clock

    def begin(self, by: Operator, what: str, subject: str) -> int:
        """It has been asked for; returns its number."""
        row = {
            "what": what, "subject": subject, "operator": by.id, "name": by.name, "at": self._clock(),
            "step": "wait", "message": "", "generation": "", "previous": "",
        }  # fmt: skip
        with self._store.writing() as connection:
            number = connection.execute(insert(table).returning(table.c.id), row).scalar_one()
            self._acts.record(connection, by, f"knowledge_{what}", subject, {"publication": number})
        return int(number)

    def teller(self, number: int) -> Callable[[str], None]:
        """What ``Publisher.publish`` tells of its steps is written down."""
        return lambda step: self._set(number, step=step)

    def done(self, number: int, made: Publication) -> None:
        """It is served."""
        message = f"{made.checked} 个核对问题都答对了" if made.checked else ""
        self._set(
            number,
            step="done",
            message=message,
            generation=made.generation,
            previous=made.previous,
            ended=self._clock(),
        )

    def failed(self, number: int, message: str) -> None:
        """It is not served; the old generation goes on."""
        self._set(number, step="failed", message=message[:1000], ended=self._clock())

    def interrupted(self) -> None:
        """What was under way when the process ended has not finished, whatever of it is served."""
        with self._store.writing() as connection:
            values = {
                "step": "failed",
                "message": "服务中途重启：看当前是哪一代，需要就再发布一次",
                "ended": self._clock(),
            }
            connection.execute(update(table).where(table.c.step.in_(RUNNING)).values(values))

    def get(self, number: int) -> dict[str, Any]:
        """One of them. Raises NotFound."""
        with self._store.reading() as connection:
            row = connection.execute(select(table).where(table.c.id == number)).first()
        if row is None:
            raise NotFound(f"没有编号为 {number} 的发布")
        return dict(row._mapping)

    def newest(self) -> list[dict[str, Any]]:
        """The newest first."""
        query = select(table).order_by(table.c.id.desc()).limit(MOST_LISTED)
        with self._store.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def _set(self, number: int, **values: Any) -> None:
        with self._store.writing() as connection:
            connection.execute(update(table).where(table.c.id == number).values(values))
