"""Every table of the ledger, the same on SQLite and PostgreSQL.

=================== =========================================================== ======================
``tickets``         the present state of each matter                            written by the ledger
``history``         what happened, append-only, chained by HMAC                 the ledger
``anchors``         length and head of the chain at the end of each day         the ledger
``contacts``        phone numbers, sealed                                       the ledger
``idempotency``     which request has been carried out already                  the ledger
``guesses``         wrong codes of the last days                                the ledger
``seals``           where LEDGER_KEY was changed                                rotation.py
``pauses``          when a clock stood still, and why                           the ledger
``extensions``      asked, and what became of it                                the ledger
``feedback``        满意/基本满意/不满意 and the words                          the ledger
``outbox``          messages to residents until they are delivered              outbox.py
``deadline_events`` which step of the ladder has fired                          sweep.py
``subscriptions``   who wants to hear of what                                   subscriptions.py
``seen_sources``    documents that subscribers need not be told of again        announce.py
=================== =========================================================== ======================

A change here needs a new file in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from actions.tickets.moment import Moment
from actions.tickets.schema import metadata, ticket_id
from actions.tickets.tables_after import deadline_events, outbox, seals, seen_sources, subscriptions

__all__ = [
    "anchors",
    "contacts",
    "deadline_events",
    "extensions",
    "feedback",
    "guesses",
    "history",
    "idempotency",
    "metadata",
    "outbox",
    "pauses",
    "seals",
    "seen_sources",
    "subscriptions",
    "tickets",
]

tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(24), nullable=False, unique=True),
    Column("code", Text, nullable=False),  # sealed: whoever reads the table still cannot open a ticket by it
    Column("version", Integer, nullable=False),  # grows by one with every row of history
    Column("state", String(12), nullable=False),
    Column("state_before", String(12), nullable=False),  # where 待补充 returns to; else empty
    Column("kind", String(8), nullable=False),
    Column("category", String(40), nullable=False),
    Column("department", String(60), nullable=False),  # empty: in the triage queue
    Column("confidence", Float, nullable=False),
    Column("problem", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("lat", Float),
    Column("long", Float),
    Column("mood", String(40), nullable=False),
    Column("language", String(8), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("session", String(128), nullable=False),
    Column("callback", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("clock_start", Moment, nullable=False),  # what the deadline counts from: created, or reopened
    Column("due", Moment, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("extension_days", Integer, nullable=False),  # working days granted since clock_start
    Column("responded", Moment),  # the first thing a person did with it
    Column("closed", Moment),  # last time 已办结
    Column("reply", Text, nullable=False),
    Column("solved", Boolean),  # what the resident says; 已办结 alone does not make it so
    Column("urged", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("merged_into", Integer, ForeignKey("tickets.id")),
    Column("priority", String(8)),  # none: as usual
    Index("ix_tickets_session", "session", "created"),
    Index("ix_tickets_due", "state", "due"),
    Index("ix_tickets_created", "created"),
    Index("ix_tickets_merged_into", "merged_into"),
)

history = Table(
    "history",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 … without gaps
    ticket_id(index=True),
    Column("version", Integer, nullable=False),  # of the ticket after this
    Column("at", Moment, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("role", String(12), nullable=False),  # resident, system, operator, supervisor
    Column("move", String(24), nullable=False),
    Column("state_from", String(12), nullable=False),
    Column("state_to", String(12), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("details", Text, nullable=False),  # JSON object
    Column("ticket_digest", String(64), nullable=False),  # of the ticket's row after this
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("ticket_id", "version"),
)

anchors = Table(
    "anchors",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("length", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("signature", String(64), nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
    Column("key_id", String(16), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("consent_at", Moment, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("operation", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),  # HMAC of what the caller gave
    ticket_id(),
    Column("at", Moment, nullable=False),
)

guesses = Table(
    "guesses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(24), nullable=False),
    Column("at", Moment, nullable=False),
    Column("caller", String(128)),  # the session that guessed, where there is one
    Index("ix_guesses_number_at", "number", "at"),
    Index("ix_guesses_at", "at"),
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", Integer, primary_key=True),
    ticket_id(index=True),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    Column("reason", Text, nullable=False),
)

extensions = Table(
    "extensions",
    metadata,
    Column("id", Integer, primary_key=True),
    ticket_id(index=True),
    Column("asked", Moment, nullable=False),
    Column("days", Integer, nullable=False),  # working days
    Column("reason", Text, nullable=False),
    Column("decided", Moment),
    Column("granted", Boolean),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    ticket_id(index=True),
    Column("at", Moment, nullable=False),
    Column("score", String(12), nullable=False),
    Column("words", Text, nullable=False),
)
