"""The tables of what happens after filing: messages, deadlines, subscriptions, changes of key. See ``tables``."""

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
)

from actions.tickets.moment import Moment
from actions.tickets.schema import metadata, ticket_id

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), index=True),  # none: news for a subscriber
    Column("kind", String(24), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("session", String(128), nullable=False),
    Column("body", Text, nullable=False),  # JSON object
    Column("created", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("delivered_at", Moment),
    Column("dedup", String(120), nullable=False, unique=True),
    Index("ix_outbox_due", "delivered_at", "due_at"),
    Index("ix_outbox_session", "channel", "session", "id"),
)

deadline_events = Table(
    "deadline_events",
    metadata,
    ticket_id(key=True),
    Column("step", String(24), primary_key=True),
    Column("clock_start", Moment, primary_key=True),  # a reopened ticket climbs the ladder anew
    Column("at", Moment, nullable=False),
    Column("department", String(60), nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("channel", String(20), nullable=False),
    Column("session", String(128), nullable=False),
    Column("topic", String(60), nullable=False),
    Column("area", String(60), nullable=False),
    Column("language", String(8), nullable=False),
    Column("created", Moment, nullable=False),
    Column("stopped", Moment),
    Index("ix_subscriptions_reader", "channel", "session"),
)

seen_sources = Table(
    "seen_sources",
    metadata,
    Column("source_id", String(80), primary_key=True),
    Column("at", Moment, nullable=False),
)

seals = Table(
    "seals",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),  # the last row under the older key
    Column("head", String(64), nullable=False),  # its hash
    Column("digest", String(64), nullable=False),  # of all rows up to there and of all earlier seals
    Column("verified", Boolean, nullable=False),  # whether the older key was there and found nothing
    Column("key_old", String(16), nullable=False),
    Column("key_new", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("hash", String(64), nullable=False),  # signed with the new key; the next row goes on from it
)
