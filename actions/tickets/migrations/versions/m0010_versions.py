"""Curated answers get versions and a scope; an account may belong to a department."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0005"


def upgrade() -> None:
    """See ``m0001_ledger``."""
    op.add_column("knowledge_entries", sa.Column("root", sa.Integer(), nullable=True))
    op.add_column("knowledge_entries", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("knowledge_entries", sa.Column("scope", sa.String(20), nullable=False, server_default=""))
    op.add_column("accounts", sa.Column("department", sa.String(40), nullable=False, server_default=""))
    op.add_column("accounts", sa.Column("reveals", sa.Boolean(), nullable=False, server_default=sa.false()))
