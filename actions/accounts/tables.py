"""The desk's tables, beside the tickets' in the same database.

================= =======================================================
``accounts``      who may sign in
``desk_sessions`` who is signed in; only the hash of each token
``acts``          what operators did, append-only, chained by HMAC
``acts_head``     length and head of that chain, signed
================= =======================================================
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from actions.tickets.moment import Moment
from actions.tickets.schema import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(40), nullable=False, unique=True),  # lower case
    Column("name", String(40), nullable=False),
    Column("roles", String(80), nullable=False),  # sorted, separated by commas
    Column("department", String(40), nullable=False, server_default=""),  # of departments.yml; empty: none
    Column(
        "reveals", Boolean, nullable=False, server_default=false()
    ),  # may a department see numbers to call?
    Column("password", String(200), nullable=False),  # argon2id; empty: no sign-in by password
    Column("must_change", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row
    Column("locked_until", Moment),
    Column("totp", Text, nullable=False),  # sealed secret; empty: none
    Column("totp_on", Boolean, nullable=False),
    Column("totp_step", Integer, nullable=False),  # of the last code used: none counts twice
    Column("issuer", String(200)),  # of the organisation's own sign-in
    Column("subject", String(200)),
    Column("created", Moment, nullable=False),
    UniqueConstraint("issuer", "subject"),
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("stage", String(8), nullable=False),  # "code" or "in"
    Column("began", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 … without gaps
    Column("at", Moment, nullable=False),
    Column("operator", Integer, nullable=False),  # account id; 0: command line or system
    Column("name", String(80), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("details", Text, nullable=False),  # JSON object
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_acts_subject", "subject"),
    Index("ix_acts_operator_at", "operator", "at"),
)

acts_head = Table(
    "acts_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("length", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("signature", String(64), nullable=False),
)
