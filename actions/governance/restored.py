"""Approved documents out of the ledger: what a generation's own files were, when the index is lost.

The texts stand in the ledger as they were approved, so nobody has to approve them again.
"""

from __future__ import annotations

import logging

from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError

from actions.governance.contents import with_document
from actions.governance.documents import PUBLISHED, read_handed
from actions.governance.errors import GovernanceError
from actions.governance.tables import knowledge_documents as table
from actions.tickets.errors import LedgerUnusable
from actions.tickets.store import Store

log = logging.getLogger(__name__)


class ApprovalsUnknown(GovernanceError):
    """The ledger could not be asked; without it approved documents would silently be left out."""


def approved_files(store: Store) -> dict[str, bytes]:
    """The files of all documents that are approved and not withdrawn, in the order of their approval.

    A ledger that is older than documents has none.

    :raises ApprovalsUnknown: when it cannot be asked
    """
    query = select(table).where(table.c.state == PUBLISHED).order_by(table.c.decided_at, table.c.id)
    try:
        with store.reading() as connection:
            there = inspect(connection).has_table(table.name)
            found = [read_handed(row) for row in connection.execute(query)] if there else []
    except (LedgerUnusable, SQLAlchemyError) as error:
        raise ApprovalsUnknown(
            f"索引要重建，而台账没有回答（{type(error).__name__}）：不知道有哪些文件批准过。"
            "请先让台账（DATABASE_URL）连得上，再建索引"
        ) from None
    files: dict[str, bytes] = {}
    for handed in found:
        files = with_document(files, handed.document(), handed.checks())
        log.info("%s is taken from the ledger into the new index", handed.source)
    return files
