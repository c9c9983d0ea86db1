"""The tables of conversations.

================= ======================================================================
``conversations`` where each stands: who speaks, who waits; no word of what was said
``utterances``    what was said, masked; after erasing a row without words stays
``desk_acts``     every change of owner or state and who made it, append-only
``presence``      which operators are on duty, and when they were last heard of
================= ======================================================================
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from actions.tickets.moment import Moment
from actions.tickets.schema import metadata

__all__ = ["conversations", "desk_acts", "presence", "utterances"]

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("session", String(128), nullable=False),  # where messages reach the resident
    Column("channel", String(20), nullable=False),
    Column("state", String(8), nullable=False),  # bot, waiting, human, closed
    Column("owner", String(40), nullable=False),  # the operator's id; empty: nobody
    Column("owner_name", String(80), nullable=False),
    Column("epoch", Integer, nullable=False),  # grows by one with every change of owner or state
    Column("length", Integer, nullable=False),  # the number of the last utterance
    Column("mood", String(40), nullable=False),
    Column("language", String(8), nullable=False),
    Column("began", Moment, nullable=False),
    Column("active", Moment, nullable=False),
    Column("waiting_since", Moment),
    Column("closed", Moment),
    Column("erased", Moment),
    Index("ix_conversations_state", "state", "waiting_since"),
    Index("ix_conversations_active", "active"),
    Index("ix_conversations_session", "session"),
)

utterances = Table(
    "utterances",
    metadata,
    Column("conversation", String(128), ForeignKey("conversations.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 … without gaps
    Column("speaker", String(10), nullable=False),  # resident, bot, operator, system, note
    Column("text", Text, nullable=False),
    Column("answer", Text, nullable=False),  # JSON: status and citations of a bot's answer; else empty
    Column("operator", String(40), nullable=False),
    Column("name", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Column("turn", Integer, nullable=False),  # of a bot's reply: the number of what it replies to
    Column("key", String(96)),  # the client's name of it: the same again writes nothing
    Column("withheld", Boolean, nullable=False),  # composed, and not sent because a person had the word
    Column("erased", Boolean, nullable=False),
    UniqueConstraint("conversation", "key"),
)

desk_acts = Table(
    "desk_acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(128), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("epoch", Integer, nullable=False),  # after it
    Column("number", Integer, nullable=False),  # of the last utterance then
    Column("act", String(12), nullable=False),
    Column("state", String(8), nullable=False),  # after it
    Column("owner", String(40), nullable=False),  # after it
    Column("operator", String(40), nullable=False),  # who did it; empty: resident or system
    Column("name", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)

presence = Table(
    "presence",
    metadata,
    Column("operator", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("on_duty", Boolean, nullable=False),
    Column("seen", Moment, nullable=False),
)
