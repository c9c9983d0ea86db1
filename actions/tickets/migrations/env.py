"""Alembic runs this file; the connection, with its transaction begun, comes from ``actions.tickets.store``."""

from __future__ import annotations

from alembic import context

import actions.accounts.tables
import actions.conversations.tables
import actions.feedback.tables
import actions.governance.tables  # noqa: F401 - its tables are in the metadata, too
from actions.tickets.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=True,  # SQLite changes a column by making the table anew
)
with context.begin_transaction():
    context.run_migrations()
