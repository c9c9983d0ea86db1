"""A desk on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from actions.conversations.room import Room
from actions.tickets.store import Store, open_store
from tests.actions.conversations.desk_parts import make_room
from tests.actions.tickets.conftest import ledger_url, migrated, postgres_url
from tests.actions.tickets.ledger_parts import Hands

__all__ = ["ledger_url", "migrated", "postgres_url"]


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def store(ledger_url: str) -> Iterator[Store]:
    opened = open_store(ledger_url)
    yield opened
    opened.close()


@pytest.fixture
def room(store: Store, hands: Hands) -> Room:
    return make_room(store, hands)
