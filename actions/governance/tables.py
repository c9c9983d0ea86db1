"""The tables of knowledge, beside the tickets' in the same database. What is served is decided by the index's pointer,
not by them: they hold who handed in, approved and switched what.

========================= ==================================================================
``knowledge_documents``   handed-in files as they were read, from draft to published
``publications``          each change of what is served: who, what, how far it got
``knowledge_entries``     curated answers, from draft to approved, each with its switch
``channel_switches``      channels whose bot is switched off
========================= ==================================================================
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text

from actions.tickets.moment import Moment
from actions.tickets.schema import metadata

knowledge_documents = Table(
    "knowledge_documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),  # of the file as handed in
    Column("name", String(120), nullable=False),
    Column("format", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("flags", Text, nullable=False),  # JSON list of {name, example}
    Column("entry", Text, nullable=False),  # JSON: title, publisher, district, published, period, kind
    Column("canaries", Text, nullable=False),  # JSON list of {question, holds}
    Column("state", String(12), nullable=False),  # draft, described, published, refused, withdrawn
    Column("reason", Text, nullable=False),
    Column("uploader", Integer, nullable=False),
    Column("uploader_name", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Column("decided_by", Integer),
    Column("decided_name", String(80)),
    Column("decided_at", Moment),
    Index("ix_knowledge_documents_state", "state"),
)

publications = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("what", String(12), nullable=False),  # publish, withdraw, entries, rollback
    Column("subject", String(120), nullable=False),
    Column("operator", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Column("step", String(8), nullable=False),  # wait, build, load, check, switch, done, failed
    Column("message", Text, nullable=False),
    Column("generation", String(80), nullable=False),
    Column("previous", String(80), nullable=False),
    Column("ended", Moment),
)

knowledge_entries = Table(
    "knowledge_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("root", Integer),  # the first version's id; None: this is it
    Column("version", Integer, nullable=False, server_default="1"),
    Column("questions", Text, nullable=False),  # JSON list: ways to ask
    Column("text", Text, nullable=False),
    Column("origin", String(8), nullable=False),  # source, human
    Column("evidence", Text, nullable=False),  # JSON: a document's span, or who replied and when
    Column("district", String(20), nullable=False),
    Column("scope", String(20), nullable=False, server_default=""),  # a town of it; empty: all of it
    Column("effective", Date, nullable=False),
    Column("expires", Date, nullable=False),  # the last day on which it is told
    Column("state", String(12), nullable=False),  # draft, approved, refused
    Column("off", Boolean, nullable=False),
    Column("author", Integer, nullable=False),
    Column("author_name", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Column("reviewer", Integer),
    Column("reviewer_name", String(80)),
    Column("reviewed_at", Moment),
    Index("ix_knowledge_entries_state", "state"),
)

channel_switches = Table(
    "channel_switches",
    metadata,
    Column("channel", String(20), primary_key=True),  # "*": every channel
    Column("off", Boolean, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("operator", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)
