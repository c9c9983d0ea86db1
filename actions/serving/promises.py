"""Prometheus figures of what residents were promised, counted in the ledger whenever somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Select, and_, func, select

from actions.tickets.errors import LedgerUnusable
from actions.tickets.moment import now
from actions.tickets.store import Store
from actions.tickets.tables import history, outbox, tickets

_LEADS = tickets.c.merged_into.is_(None)  # one that was merged into another has no date of its own


class Promises:
    """The figures of one ledger. Reads only."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = now) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Ledger(store, clock))

    def text(self) -> bytes:
        """The exposition format; takes a few milliseconds of a thread."""
        return generate_latest(self._registry)


class _Ledger(Collector):
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def describe(self) -> list[Metric]:
        """Nothing ahead: registering must not open the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        found: list[Metric] = []
        try:
            with self._store.reading() as connection:
                found = [*_tickets(connection, self._clock()), *_letters(connection, self._clock())]
        except LedgerUnusable:
            up = 0
        else:
            up = 1
        yield GaugeMetricFamily("haishu_ledger_up", "Whether the ledger can be read", up)
        yield from found


def _tickets(connection: Connection, at: datetime) -> Iterator[Metric]:
    columns = tickets.c
    states = GaugeMetricFamily("haishu_tickets", "Tickets by state", labels=["state"])
    for state, count in connection.execute(select(columns.state, func.count()).group_by(columns.state)):
        states.add_metric([state], count)
    yield states
    open_ = and_(columns.closed.is_(None), _LEADS)
    sla = GaugeMetricFamily(
        "haishu_sla_tickets", "Matters against their date: closed on time or late, open in time or overdue",
        labels=["outcome"],
    )  # fmt: skip
    for name, condition in (
        ("on_time", and_(columns.closed <= columns.due, _LEADS)),
        ("late", and_(columns.closed > columns.due, _LEADS)),
        ("open", and_(open_, columns.due >= at)),
        ("overdue", and_(open_, columns.due < at)),
    ):
        sla.add_metric([name], _count(connection, select(func.count()).where(condition)))
    yield sla
    unassigned = select(func.count()).where(open_, columns.department == "")
    yield GaugeMetricFamily(
        "haishu_triage_waiting", "Open tickets without department", _count(connection, unassigned)
    )
    length = _count(connection, select(func.max(history.c.position)))
    yield GaugeMetricFamily("haishu_history_rows", "Length of the signed history", length)


def _letters(connection: Connection, at: datetime) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("haishu_outbox_waiting", "Messages due and not delivered", labels=["channel"])
    oldest = GaugeMetricFamily(
        "haishu_outbox_oldest_seconds", "Since when the oldest of them is due", labels=["channel"]
    )
    columns = outbox.c
    due = select(columns.channel, func.count(), func.min(columns.created)).where(
        columns.delivered_at.is_(None), columns.due_at <= at
    )
    for channel, count, first in connection.execute(due.group_by(columns.channel)):
        waiting.add_metric([channel], count)
        oldest.add_metric([channel], (at - first).total_seconds())
    yield waiting
    yield oldest


def _count(connection: Connection, query: Select[Any]) -> int:
    return int(connection.scalar(query) or 0)
