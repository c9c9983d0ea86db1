"""What residents say about answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0002"


def upgrade() -> None:
    """See ``m0001_ledger``."""
    op.create_table(
        "answer_feedback",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("conversation", sa.String(160), nullable=False),
        sa.Column("turn", sa.String(64), nullable=False),
        sa.Column("useful", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("sources", sa.Text, nullable=False),
        sa.Column("erased_at", sa.String(27)),
        sa.PrimaryKeyConstraint("id", name="pk_answer_feedback"),
        sa.UniqueConstraint("conversation", "turn", name="uq_answer_feedback_conversation_turn"),
    )
    op.create_index("ix_answer_feedback_useful_at", "answer_feedback", ["useful", "at"])
