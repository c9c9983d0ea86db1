"""How much is asked, and what becomes of it: answered, refused, handed to a person; by day and by topic.

    TalkFigures(store).compute(since, until).answered      # bot's replies that rest on a document

Counted is what the tables of conversations and opinions still hold; erased words are counted, not read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Row, select

from actions.answering.rules import statuses
from actions.conversations.tables import conversations, desk_acts, utterances
from actions.feedback.tables import answer_feedback
from actions.tickets.moment import LOCAL
from actions.tickets.store import Store
from actions.tickets.tables import tickets

TOPICS = 10


@dataclass
class Day:
    """One day's counts."""

    day: str  # 2026-11-22
    conversations: int = 0
    questions: int = 0
    answered: int = 0
    refused: int = 0
    handed_over: int = 0


@dataclass
class Talk:
    """All counts of a period. Rates and medians are None where there is nothing to divide by."""

    conversations: int = 0
    questions: int = 0  # messages of residents
    answered: int = 0  # replies of the bot that rest on a document
    refused: int = 0  # replies that say it is not in the documents
    talk: int = 0  # greetings, forms, tickets
    handed_over: int = 0  # conversations in which a person was asked for
    taken: int = 0  # of those, taken up by a person
    operator_messages: int = 0
    wait_seconds: float | None = None  # median until a person took it up
    useful: int = 0  # opinions on answers
    useless: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    topics: list[tuple[str, int]] = field(default_factory=list)  # headings that answers rest on
    categories: list[tuple[str, int]] = field(default_factory=list)  # of the tickets filed
    days: list[Day] = field(default_factory=list)


class TalkFigures:
    """Counts, in one consistent look at the tables."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def compute(self, since: datetime, until: datetime) -> Talk:
        """The figures of what happened from ``since`` until before ``until``."""
        with self._store.reading() as connection:

            def rows(table: Any, column: str, *names: str) -> list[Row[Any]]:
                at = table.c[column]
                query = select(*(table.c[name] for name in (column, *names)))
                return list(connection.execute(query.where(at >= since, at < until)))

            begun = rows(conversations, "began", "channel")
            said = rows(utterances, "at", "speaker", "answer", "withheld")
            acts = rows(desk_acts, "at", "conversation", "state")
            opinions = rows(answer_feedback, "at", "useful")
            filed = rows(tickets, "created", "category")
        talk = Talk()
        days: dict[str, Day] = {}
        for row in begun:
            _day(days, row.began).conversations += 1
        talk.conversations, talk.channels = len(begun), dict(Counter(row.channel for row in begun))
        talk.topics = _count_words(talk, days, said)
        _count_acts(talk, days, acts)
        talk.useful = sum(row.useful for row in opinions)
        talk.useless = len(opinions) - talk.useful
        talk.categories = Counter(row.category for row in filed).most_common(TOPICS)
        talk.days = [days[day] for day in sorted(days)]
        return talk


def _day(days: dict[str, Day], at: datetime) -> Day:
    name = at.astimezone(LOCAL).date().isoformat()
    return days.setdefault(name, Day(name))


def _count_words(talk: Talk, days: dict[str, Day], said: Iterable[Row[Any]]) -> list[tuple[str, int]]:
    topics: Counter[str] = Counter()
    for row in said:
        day = _day(days, row.at)
        if row.speaker == "resident":
            talk.questions += 1
            day.questions += 1
        elif row.speaker == "operator":
            talk.operator_messages += 1
        elif row.speaker == "bot" and not row.withheld:
            sort, headings = _read(row.answer)
            topics.update(headings)
            talk.answered += sort == "answered"
            day.answered += sort == "answered"
            talk.refused += sort == "refused"
            day.refused += sort == "refused"
            talk.talk += sort == ""
    return topics.most_common(TOPICS)


def _read(answer: str) -> tuple[str, list[str]]:
    """``("answered" | "refused" | "", headings)`` of a bot's reply."""
    if not answer:
        return "", []
    data = json.loads(answer)
    rule = statuses().get(str(data.get("status", "")))
    if rule is None:
        return "", []
    if rule["refused"]:
        return "refused", []
    cited = data.get("citations") or []
    return "answered" if cited else "", [str(one["heading"][-1]) for one in cited[:1] if one.get("heading")]


def _count_acts(talk: Talk, days: dict[str, Day], acts: Iterable[Row[Any]]) -> None:
    waiting: dict[str, datetime] = {}
    asked, taken, waits = set(), set(), []
    for row in sorted(acts, key=lambda act: act.at):
        if row.state == "waiting":
            waiting[row.conversation] = row.at
            if row.conversation not in asked:
                _day(days, row.at).handed_over += 1
            asked.add(row.conversation)
        elif row.state == "human":
            taken.add(row.conversation)
            if row.conversation in waiting:
                waits.append((row.at - waiting.pop(row.conversation)).total_seconds())
        else:
            waiting.pop(row.conversation, None)
    talk.handed_over, talk.taken = len(asked), len(taken)
    talk.wait_seconds = round(median(waits), 1) if waits else None
