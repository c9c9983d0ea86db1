"""The editors' desk: wired."""

from __future__ import annotations

from actions.accounts.acts import Acts
from actions.governance.current import Current
from actions.governance.desk import KnowledgeDesk
from actions.governance.documents import Documents
from actions.governance.publications import Publications
from actions.governance.publish import Publisher
from actions.governance.switches import Switches
from actions.settings import Settings
from actions.tickets.moment import now
from actions.tickets.store import Store


def build_knowledge(
    settings: Settings, store: Store, acts: Acts, current: Current, publisher: Publisher
) -> KnowledgeDesk:
    """Documents and generations, recorded in the ledger."""
    return KnowledgeDesk(
        Documents(store, acts, now),
        Publications(store, acts, now),
        publisher,
        current,
        settings.var_dir / "governance" / "quarantine",
    )


def build_switches(store: Store, acts: Acts) -> Switches:
    """What switches the bot off, recorded in the ledger."""
    return Switches(store, acts, now)
