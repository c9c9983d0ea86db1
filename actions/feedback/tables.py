"""The table of opinions on answers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from actions.tickets.moment import Moment
from actions.tickets.schema import metadata

answer_feedback = Table(
    "answer_feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("conversation", String(160), nullable=False),
    Column("turn", String(64), nullable=False),  # the client's id of the message that was answered
    Column("useful", Boolean, nullable=False),
    Column("status", String(40), nullable=False),  # of the answer, see statuses.yml
    Column("question", Text, nullable=False),  # masked; empty once it has been erased
    Column("answer", Text, nullable=False),  # likewise
    Column("sources", Text, nullable=False),  # JSON: ids of the cited documents
    Column("erased_at", Moment),
    UniqueConstraint("conversation", "turn"),
    Index("ix_answer_feedback_useful_at", "useful", "at"),
)
