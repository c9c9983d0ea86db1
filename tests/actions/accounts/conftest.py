"""Accounts on a ledger of each test's own, with passwords as cheap as argon2 allows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions.accounts.acts import SYSTEM
from actions.accounts.office import AccountOffice, open_accounts
from actions.tickets.chain import Chain
from actions.tickets.sealing import Sealer
from actions.tickets.store import Store, open_store
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY, Hands
from tests.desk_parts import PASSWORD, RULES


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    yield opened
    opened.close()


@pytest.fixture
def office(store: Store, hands: Hands) -> AccountOffice:
    """With one administrator, ``admin``."""
    made = open_accounts(store, Chain(LEDGER_KEY), Sealer([CONTACT_KEY]), hands, RULES)
    made.accounts.add(SYSTEM, "admin", "何管", ["admin"], PASSWORD, own=True)
    return made
