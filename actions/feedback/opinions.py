"""One opinion on one answer, once.

opinions.keep(Opinion("web", "web-3f…", "0a1b…", False, "海曙有多少助餐点", "70余个", "answered", ("press-1",)))
opinions.unhelpful(since)   # what people found no use in, newest first
opinions.erase("web-3f…")   # the words go, the count stays
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from actions.feedback.tables import answer_feedback as table
from actions.privacy import mask
from actions.tickets.errors import ReportInvalid
from actions.tickets.reports import plain
from actions.tickets.store import Store

# In characters; what is longer is refused, never cut.
LIMITS = {"channel": 20, "conversation": 160, "turn": 64, "status": 40, "question": 4000, "answer": 20_000}
MAX_SOURCES = 50
MAX_LISTED = 2000


@dataclass(frozen=True)
class Opinion:
    """What a resident says about an answer.

    :param turn: the client's id of the message that was answered; one opinion for each
    :param status: of the answer, from the closed list
    :param sources: ids of the documents it cited
    """

    channel: str
    conversation: str
    turn: str
    useful: bool
    question: str = ""
    answer: str = ""
    status: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """An opinion on record. ``question`` and ``answer`` are empty after they were erased."""

    id: int
    at: datetime
    opinion: Opinion


class Opinions:
    """The table ``answer_feedback``."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def keep(self, opinion: Opinion) -> bool:
        """Record it, personal numbers masked; gives what is on record: the first opinion on an answer stays.

        :raises ReportInvalid: naming the field that is empty or too long
        """
        values = _values(opinion)
        with self._store.writing() as connection:
            known = select(table.c.useful).where(*_same(opinion.conversation, opinion.turn))
            found = connection.execute(known).scalar_one_or_none()
            if found is None:
                connection.execute(insert(table), {**values, "at": self._clock()})
        return opinion.useful if found is None else bool(found)

    def unhelpful(self, since: datetime, most: int = 500) -> tuple[Kept, ...]:
        """没用 since then, newest first, without those whose words have been erased.

        :param most: at most ``MAX_LISTED``
        """
        wanted = select(table).where(
            table.c.useful.is_(False), table.c.erased_at.is_(None), table.c.at >= since
        )
        query = wanted.order_by(table.c.at.desc(), table.c.id.desc()).limit(min(most, MAX_LISTED))
        with self._store.reading() as connection:
            return tuple(_read(row) for row in connection.execute(query))

    def erase(self, conversation: str) -> int:
        """Take the words of a conversation out; how often something was useful stays. Gives the number of rows."""
        return self._erase(table.c.conversation == conversation)

    def erase_before(self, moment: datetime) -> int:
        """Likewise for everything older."""
        return self._erase(table.c.at < moment)

    def _erase(self, which: ColumnElement[bool]) -> int:
        emptied = {"question": "", "answer": "", "erased_at": self._clock()}
        with self._store.writing() as connection:
            done = connection.execute(update(table).where(which, table.c.erased_at.is_(None)).values(emptied))
        return int(done.rowcount)


def _values(opinion: Opinion) -> dict[str, Any]:
    texts = {name: plain(getattr(opinion, name)) for name in LIMITS}
    for name, text in texts.items():
        if len(text) > LIMITS[name]:
            raise ReportInvalid(f"{name} 有 {len(text)} 字，至多 {LIMITS[name]} 字")
    for name in ("channel", "conversation", "turn"):
        if not texts[name]:
            raise ReportInvalid(f"{name} 是空的：不知道评价的是哪一条回答")
    if len(opinion.sources) > MAX_SOURCES:
        raise ReportInvalid(f"sources 有 {len(opinion.sources)} 项，至多 {MAX_SOURCES} 项")
    texts |= {name: mask(texts[name]) for name in ("question", "answer")}
    sources = json.dumps([plain(source) for source in opinion.sources], ensure_ascii=False)
    return {**texts, "useful": opinion.useful, "sources": sources}


def _same(conversation: str, turn: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.conversation == plain(conversation), table.c.turn == plain(turn)


def _read(row: Row[Any]) -> Kept:
    names = [*LIMITS, "useful"]
    opinion = Opinion(**{name: row._mapping[name] for name in names})
    return Kept(row.id, row.at, replace(opinion, sources=tuple(json.loads(row.sources))))
