"""An editors' desk over a real ledger and a small shelf; its building step needs no model."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from actions.accounts.acts import Acts
from actions.accounts.records import Operator
from actions.governance.current import Current
from actions.governance.desk import KnowledgeDesk
from actions.governance.documents import Documents
from actions.governance.publications import Publications
from actions.governance.switches import Switches
from actions.tickets.chain import Chain
from actions.tickets.moment import now
from actions.tickets.store import Store, open_store
from tests.actions.governance.killed_publish import desk
from tests.actions.governance.making import BASE, write_base

LIN = Operator(3, "lin", "林书", frozenset({"editor"}))
HE = Operator(4, "he", "何管", frozenset({"admin"}))
SAID = {
    "title": "2024年海曙区为老服务情况通报",
    "publisher": "海曙区民政局",
    "district": "海曙",
    "published": "2025-02-20",
    "period": ["2024", "2024"],
    "checks": [{"question": "助餐点", "holds": ["187"]}],
}


@dataclass
class Editing:
    """The parts."""

    store: Store
    acts: Acts
    current: Current
    desk: KnowledgeDesk
    switches: Switches
    folder: Path

    def ended(self, publication: int) -> dict:
        """The publication once it has come to an end."""
        deadline = time.monotonic() + 20
        while (found := self.desk.publications.get(publication))["ended"] is None:
            assert time.monotonic() < deadline, found
            time.sleep(0.02)
        return found

    def kinds(self) -> list[str]:
        """What has been recorded, oldest first."""
        return [act.kind for act in reversed(self.acts.newest(100))]


@pytest.fixture
def editing(tmp_path: Path) -> Iterator[Editing]:
    write_base(tmp_path / "base", BASE)
    current, publisher = desk(tmp_path)
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    acts = Acts(store, Chain("ledger-for-tests-0123456789-abcdefgh"), now)
    documents, publications = Documents(store, acts, now), Publications(store, acts, now)
    made = KnowledgeDesk(documents, publications, publisher, current, tmp_path / "quarantine")
    yield Editing(store, acts, current, made, Switches(store, acts, now), tmp_path)
    made.close()
    store.close()
