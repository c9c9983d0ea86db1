"""Which release made a ledger's tables, and which releases this one knows."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from actions.backup.errors import ArchiveNewer, BackupError
from actions.tickets.store import migrations


def known() -> tuple[str, ...]:
    """The revisions of this release, the first one first."""
    script = ScriptDirectory.from_config(migrations())
    return tuple(reversed([found.revision for found in script.walk_revisions()]))


def current(connection: Connection) -> str:
    """The revision of the tables; empty when there are none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def older(one: str, other: str) -> str:
    """The earlier of two known revisions."""
    return min(one, other, key=known().index)


def require_known(revision: str) -> None:
    """Refuse what a later release wrote.

    :raises ArchiveNewer: naming the revision
    """
    if revision not in known():
        raise ArchiveNewer(
            f"工单库的表是第 {revision} 版，这一版程序只认到 {known()[-1]}：请用写它的那一版或更新的程序"
        )


def require_older(revision: str, now: str) -> None:
    """Refuse to go back to anything but an earlier release.

    :raises BackupError: naming what can be gone back to
    """
    earlier = known()[: known().index(now)] if now in known() else ()
    if revision not in earlier:
        raise BackupError(
            f"不能从 {now or '空库'} 退回 {revision or '（没写）'}；可退回的是：{'、'.join(earlier) or '没有'}"
        )
