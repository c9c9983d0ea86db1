"""Which documents subscribers have been told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """See ``m0001_ledger``."""
    op.create_table(
        "seen_sources",
        sa.Column("source_id", sa.String(80), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name="pk_seen_sources"),
    )
