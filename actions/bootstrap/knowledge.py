"""The editors' desk: wired."""

from __future__ import annotations

from actions.accounts.acts import Acts
from actions.answering.curated import Curated
from actions.governance.current import Current
from actions.governance.desk import KnowledgeDesk
from actions.governance.documents import Documents
from actions.governance.entries import Entries
from actions.governance.gaps import Gaps
from actions.governance.publications import Publications
from actions.governance.publish import Publisher
from actions.governance.switches import Switches
from actions.settings import Settings
from actions.tickets.moment import now
from actions.tickets.store import Store
from embeddings.encoder import Encoder


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


def build_entries(store: Store, acts: Acts, current: Current, encoder: Encoder) -> Entries:
    """Curated answers; from now on ``current`` asks them first."""
    entries = Entries(store, acts, now, lambda: current.served.library)
    current.prefer(Curated(encoder, entries.live, lambda: now().date()).answer)
    return entries


def build_gaps(store: Store, encoder: Encoder) -> Gaps:
    """What was asked and not answered."""
    return Gaps(store, encoder, now)


def build_switches(store: Store, acts: Acts) -> Switches:
    """What switches the bot off, recorded in the ledger."""
    return Switches(store, acts, now)
