"""The desk: accounts, sessions, and the record of operators' acts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0006"

MOMENT = sa.String(27)


def upgrade() -> None:
    """See ``m0001_ledger``."""
    _accounts()
    _acts()


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("login", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("roles", sa.String(80), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("must_change", "disabled")),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.Column("totp", sa.Text, nullable=False),
        sa.Column("totp_on", sa.Boolean, nullable=False),
        sa.Column("totp_step", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String(200)) for name in ("issuer", "subject")),
        sa.Column("created", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("login", name="uq_accounts_login"),
        sa.UniqueConstraint("issuer", "subject", name="uq_accounts_issuer_subject"),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        *(sa.Column(name, MOMENT, nullable=False) for name in ("began", "seen")),
        sa.PrimaryKeyConstraint("id", name="pk_desk_sessions"),
        sa.UniqueConstraint("digest", name="uq_desk_sessions_digest"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_desk_sessions_account_id"),
    )
    op.create_index("ix_desk_sessions_account_id", "desk_sessions", ["account_id"])


def _acts() -> None:
    op.create_table(
        "acts",
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("operator", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("previous", "hash")),
        sa.PrimaryKeyConstraint("position", name="pk_acts"),
    )
    op.create_index("ix_acts_subject", "acts", ["subject"])
    op.create_index("ix_acts_operator_at", "acts", ["operator", "at"])
    op.create_table(
        "acts_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("head", "signature")),
        sa.PrimaryKeyConstraint("id", name="pk_acts_head"),
    )
