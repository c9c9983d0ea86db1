"""Everything that works on one ledger, wired together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.tickets.access import Access
from actions.tickets.amending import Amender
from actions.tickets.audit import Audit
from actions.tickets.book import Book, Listener
from actions.tickets.casework import Casework
from actions.tickets.chain import Chain
from actions.tickets.clocks import Clocks, Terms
from actions.tickets.contacts import Contacts
from actions.tickets.filing import Filing
from actions.tickets.ledger import Ledger
from actions.tickets.moment import now
from actions.tickets.once import Once
from actions.tickets.records import Classify
from actions.tickets.register import Register
from actions.tickets.sealing import Sealer
from actions.tickets.states import load_states
from actions.tickets.store import Store


@dataclass(frozen=True)
class Office:
    """The doors to one ledger: for residents, for operators, for reading, for checking."""

    store: Store
    book: Book
    reception: Ledger
    casework: Casework
    contacts: Contacts
    register: Register
    audit: Audit

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()


def open_office(
    store: Store,
    chain: Chain,
    sealer: Sealer,
    classify: Classify,
    deadline: Terms,
    listeners: Sequence[Listener] = (),
    clock: Callable[[], datetime] = now,
    units: Collection[str] = (),
    categories: Collection[str] = (),
) -> Office:
    """Put the parts together.

    :param listeners: see ``Book``
    :param units: see ``Casework``, as for ``categories``
    """
    book = Book(store, chain, load_states(), clock, listeners)
    clocks = Clocks(deadline, clock)
    contacts = Contacts(book, sealer)
    once = Once(chain, clock)
    filing = Filing(book, sealer, classify, clocks, contacts, Amender(book, contacts), once)
    return Office(
        store,
        book,
        Ledger(book, Access(store, sealer, clock), filing, clocks),
        Casework(book, clocks, units, categories),
        contacts,
        Register(store),
        Audit(store, chain),
    )
