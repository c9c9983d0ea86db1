"""What the ticket desk adds: priorities, who guessed a code, and changes of LEDGER_KEY."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0008"


def upgrade() -> None:
    """See ``m0001_ledger``."""
    op.add_column("tickets", sa.Column("priority", sa.String(8), nullable=True))
    op.add_column("guesses", sa.Column("caller", sa.String(128), nullable=True))
    op.create_index("ix_guesses_at", "guesses", ["at"])
    op.create_table(
        "seals",
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("key_old", sa.String(16), nullable=False),
        sa.Column("key_new", sa.String(16), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_seals"),
    )
