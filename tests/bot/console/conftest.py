"""One desk for the tests of its pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.actions.tickets.ledger_parts import Hands
from tests.desk_parts import Desk, desk


@pytest.fixture(scope="module")
def hands() -> Hands:
    """The clock of the module's desk."""
    return Hands()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, hands: Hands) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk"), hands) as started:
        yield started
