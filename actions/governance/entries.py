"""Curated answers on their way: draft → approved by somebody else, or refused; each with a switch of its own.

They come from a document's sentence or from what a person at the desk wrote. What the bot said is never knowledge.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from actions.accounts.acts import Acts
from actions.accounts.records import Operator
from actions.answering.curated import CuratedEntry, cited
from actions.answering.verify import violations
from actions.conversations.tables import utterances
from actions.governance.errors import NotAllowed, NotFound, Unusable
from actions.governance.tables import knowledge_entries as table
from actions.privacy import mask
from actions.tickets.errors import LedgerUnusable
from actions.tickets.store import Store
from knowledge.library import Library

log = logging.getLogger(__name__)
DISTRICT = "海曙"
READ_EVERY_SECONDS = 1.0
MOST_LISTED = 300
_MOST_QUESTIONS, _LONGEST_QUESTION, _LONGEST_TEXT, _LONGEST_DAYS = 8, 100, 400, 366 * 2


class Entries:
    """The table ``knowledge_entries``.

    :param library: the documents that are served now.
    """

    def __init__(
        self, store: Store, acts: Acts, clock: Callable[[], dt.datetime], library: Callable[[], Library]
    ) -> None:
        self._store, self._acts, self._clock, self._library = store, acts, clock, library
        self._live: tuple[CuratedEntry, ...] = ()
        self._read_at = -READ_EVERY_SECONDS

    def draft(self, by: Operator, given: Mapping[str, Any]) -> int:
        """Keep a draft; returns its number.

        :raises Unusable: naming what cannot be taken
        :raises NotAllowed: for words that no person said
        """
        questions, text = _questions(given), _text(given)
        effective, expires = _dates(given)
        with self._store.writing() as connection:
            origin, evidence, ground = self._evidence(connection, given)
            if wrong := violations(text, [ground], (DISTRICT,)):
                raise Unusable(
                    f"答案里的「{'、'.join(v.value for v in wrong)}」在出处里没有：请照出处写，或另选出处"
                )
            row = {
                "questions": _json(questions), "text": text, "origin": origin, "evidence": _json(evidence),
                "district": DISTRICT, "effective": effective, "expires": expires, "state": "draft", "off": False,
                "author": by.id, "author_name": by.name, "at": self._clock(),
            }  # fmt: skip
            number = connection.execute(insert(table).returning(table.c.id), row).scalar_one()
            self._acts.record(connection, by, "entry_drafted", f"entry-{number}")
        return int(number)

    def review(self, by: Operator, number: int, approve: bool) -> None:
        """A second person's word. Raises NotAllowed for the author, or when it was reviewed before."""
        with self._store.writing() as connection:
            row = self._of(connection, number)
            if row.state != "draft":
                raise NotAllowed(f"第 {number} 条已经审过了")
            if row.author == by.id:
                raise NotAllowed("要由另一位知识编辑审核：谁起草的，谁就不能批准")
            state = "approved" if approve else "refused"
            reviewed = {"reviewer": by.id, "reviewer_name": by.name, "reviewed_at": self._clock()}
            connection.execute(update(table).where(table.c.id == number).values(state=state, **reviewed))
            self._acts.record(connection, by, f"entry_{state}", f"entry-{number}")

    def switch(self, by: Operator, number: int, off: bool) -> None:
        """Not told any more, or again; in effect within seconds. Raises NotFound."""
        with self._store.writing() as connection:
            self._of(connection, number)
            connection.execute(update(table).where(table.c.id == number).values(off=off))
            self._acts.record(connection, by, "entry_off" if off else "entry_on", f"entry-{number}")

    def newest(self) -> list[dict[str, Any]]:
        """All of them, the newest first."""
        query = select(table).order_by(table.c.id.desc()).limit(MOST_LISTED)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        return [
            {**row._mapping, "questions": json.loads(row.questions), "evidence": json.loads(row.evidence)}
            for row in rows
        ]

    def live(self) -> tuple[CuratedEntry, ...]:
        """Those that may be told, read anew every second; none while the ledger cannot be asked."""
        if time.monotonic() - self._read_at >= READ_EVERY_SECONDS:
            self._read_at = time.monotonic()
            try:
                self._live = self._read()
            except LedgerUnusable as error:
                log.warning("no curated answers: %s", error)
                self._live = ()
        return self._live

    def _read(self) -> tuple[CuratedEntry, ...]:
        query = (
            select(table)
            .where(table.c.state == "approved", table.c.off.is_(False))
            .order_by(table.c.id.desc())
        )
        with self._store.reading() as connection:
            return tuple(_entry(row) for row in connection.execute(query))

    def _evidence(self, connection: Connection, given: Mapping[str, Any]) -> tuple[str, dict[str, Any], str]:
        if given.get("source"):
            source, quote = str(given["source"]), str(given.get("quote", "")).strip()
            found = cited(source, quote, self._library()) if len(quote) >= 6 else None
            if found is None:
                raise Unusable("原文里没有这句话：请从资料里原样复制至少 6 个字")
            if found.district != DISTRICT:
                raise Unusable(f"这份资料讲的是{found.district}，不能用来回答{DISTRICT}的事")
            return "source", {"source": source, "quote": quote}, quote
        conversation, number = str(given.get("conversation", "")), given.get("number")
        place = utterances.c.conversation == conversation, utterances.c.number == number
        row = (
            connection.execute(select(utterances).where(*place)).first() if isinstance(number, int) else None
        )
        if row is None or row.erased:
            raise Unusable("要有出处：资料里的一句原文，或坐席在对话里的一条回复")
        if row.speaker != "operator":
            raise NotAllowed("只有坐席写的回复能成为知识：机器人说的、居民说的都不行")
        evidence = {"conversation": conversation, "number": number, "replier": row.name}
        return "human", {**evidence, "replied": row.at.date().isoformat()}, row.text

    def _of(self, connection: Connection, number: int) -> Row[Any]:
        row = connection.execute(select(table).where(table.c.id == number)).first()
        if row is None:
            raise NotFound(f"没有编号为 {number} 的精选回答")
        return row


def _questions(given: Mapping[str, Any]) -> list[str]:
    value = given.get("questions", [])
    asked = [" ".join(str(one).split()) for one in value] if isinstance(value, list) else []
    asked = [one for one in dict.fromkeys(asked) if one]
    if not 1 <= len(asked) <= _MOST_QUESTIONS or any(not 4 <= len(one) <= _LONGEST_QUESTION for one in asked):
        raise Unusable(f"要有 1 到 {_MOST_QUESTIONS} 种问法，每种 4 到 {_LONGEST_QUESTION} 字")
    return [mask(one) for one in asked]


def _text(given: Mapping[str, Any]) -> str:
    text = str(given.get("text", "")).strip()
    if not 2 <= len(text) <= _LONGEST_TEXT:
        raise Unusable(f"答案要有 2 到 {_LONGEST_TEXT} 字")
    if mask(text) != text:
        raise Unusable("答案里有手机号或身份证号：请去掉")
    return text


def _dates(given: Mapping[str, Any]) -> tuple[dt.date, dt.date]:
    try:
        effective, expires = (
            dt.date.fromisoformat(str(given.get(name, ""))) for name in ("effective", "expires")
        )
    except ValueError:
        raise Unusable("生效和失效日期写成 2026-11-22") from None
    if not dt.timedelta(0) <= expires - effective <= dt.timedelta(days=_LONGEST_DAYS):
        raise Unusable("失效日期不能早于生效日期，最长两年：到期前再审一次")
    return effective, expires


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _entry(row: Row[Any]) -> CuratedEntry:
    evidence = json.loads(row.evidence)
    replied = evidence.get("replied")
    return CuratedEntry(
        row.id, tuple(json.loads(row.questions)), row.text, row.effective, row.expires,
        evidence.get("source", ""), evidence.get("quote", ""), evidence.get("replier", ""),
        dt.date.fromisoformat(replied) if replied else None,
    )  # fmt: skip
