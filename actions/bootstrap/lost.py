"""When the index is lost: the added documents out of the ledger, as a folder that can be sealed into a generation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from actions.governance.restored import approved_files
from actions.settings import Settings
from actions.tickets.store import Store as Ledger
from actions.tickets.store import connect
from embeddings.store import Store

_PLACE = Path("governance") / "restored"


def is_lost(store: Store) -> bool:
    """Whether there is no current generation, or its files are missing or changed."""
    current = store.current_id()
    return current is None or current not in {one.id for one in store.list()} or bool(store.verify(current))


@contextmanager
def restored(settings: Settings) -> Iterator[Path | None]:
    """The folder, or None where the ledger holds no approved document. Raises ApprovalsUnknown."""
    folder = settings.var_dir / _PLACE
    files = _approved(settings)
    if not files:
        yield None
        return
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _approved(settings: Settings) -> dict[str, bytes]:
    url = make_url(settings.ledger_url())
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return {}  # the first start: there is no ledger yet, and this is not what makes one
    ledger = Ledger(connect(settings.ledger_url()))
    try:
        return approved_files(ledger)
    finally:
        ledger.close()
