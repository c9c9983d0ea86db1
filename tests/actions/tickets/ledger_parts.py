"""A ledger to try things on: the real database, the real deadline rules, a classifier that goes by one word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from actions.tickets.book import Listener
from actions.tickets.chain import Chain
from actions.tickets.deadlines import Deadlines
from actions.tickets.departments import read_directory
from actions.tickets.errors import ReportInvalid
from actions.tickets.moment import LOCAL
from actions.tickets.office import Office, open_office
from actions.tickets.records import Actor, Report, Triage
from actions.tickets.sealing import Sealer
from actions.tickets.store import Store, open_store

LEDGER_KEY = "ledger-key-for-tests-0123456789-abcdef"
CONTACT_KEY = "contact-key-for-tests-0123456789-abcde"
LI = Actor("李岚", "operator")
WANG = Actor("王桥", "operator")
CHIEF = Actor("周江", "supervisor")
START = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)  # a Monday


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def by_word(report: Report) -> Triage:
    """「路灯」 is known to a department, as is a category that is named; anything else goes to the queue."""
    if report.category:
        try:
            unit = read_directory().category(report.category).unit
        except KeyError:
            raise ReportInvalid(f"category「{report.category}」不存在") from None
        return Triage("求助", report.category, unit, 1.0)
    if "路灯" in report.problem:
        return Triage("求助", "路灯", "区综合行政执法局", 0.93)
    return Triage("求助", "其他", "", 0.21)


def make_office(
    store: Store | str,
    clock: Callable[[], datetime] | None = None,
    listeners: Sequence[Listener] = (),
    chain: Chain | None = None,
) -> Office:
    """An office on a database that is open already, or on a URL."""
    store = open_store(store) if isinstance(store, str) else store
    hands = clock or Hands()
    return open_office(
        store,
        chain or Chain(LEDGER_KEY),
        Sealer([CONTACT_KEY]),
        by_word,
        Deadlines.load(hands),
        listeners,
        hands,
    )
