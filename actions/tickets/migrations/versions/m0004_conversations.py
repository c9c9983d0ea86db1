"""Conversations: who speaks in them, what was said, who did what at the desk, who is on duty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """See ``m0001_ledger``."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("session", sa.String(128), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("owner_name", sa.String(80), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("mood", sa.String(40), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("began", sa.String(27), nullable=False),
        sa.Column("active", sa.String(27), nullable=False),
        sa.Column("waiting_since", sa.String(27), nullable=True),
        sa.Column("closed", sa.String(27), nullable=True),
        sa.Column("erased", sa.String(27), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index("ix_conversations_state", "conversations", ["state", "waiting_since"])
    op.create_index("ix_conversations_active", "conversations", ["active"])
    op.create_index("ix_conversations_session", "conversations", ["session"])
    op.create_table(
        "presence",
        sa.Column("operator", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("operator", name="pk_presence"),
    )
    _utterances()
    _acts()


def _utterances() -> None:
    op.create_table(
        "utterances",
        sa.Column("conversation", sa.String(128), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("speaker", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("operator", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(96), nullable=True),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name="fk_utterances_conversation_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation", "number", name="pk_utterances"),
        sa.UniqueConstraint("conversation", "key", name="uq_utterances_conversation_key"),
    )


def _acts() -> None:
    op.create_table(
        "desk_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(128), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(12), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("operator", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name="fk_desk_acts_conversation_conversations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_desk_acts"),
    )
    op.create_index("ix_desk_acts_conversation", "desk_acts", ["conversation"])
