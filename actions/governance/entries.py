"""Curated answers on their way: draft → approved by somebody else, or refused; each with a switch of its own.

They come from a document's sentence or from what a person at the desk wrote. What the bot said is never knowledge.
Nothing is changed in place: an edit is a new version of the same ``root``, and takes the older one's place when it is
approved and its first day has come.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from actions.accounts.acts import Acts
from actions.accounts.records import Operator
from actions.answering.curated import CuratedEntry, cited
from actions.answering.verify import violations
from actions.conversations.tables import utterances
from actions.governance.entry_fields import read_fields
from actions.governance.errors import NotAllowed, NotFound, Unusable
from actions.governance.tables import knowledge_entries as table
from actions.tickets.errors import LedgerUnusable
from actions.tickets.moment import LOCAL
from actions.tickets.store import Store
from knowledge.library import Library

log = logging.getLogger(__name__)
DISTRICT = "海曙"
READ_EVERY_SECONDS = 1.0
MOST_LISTED = 300
EDITORS = ("editor", "admin")


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

        :param given: questions, text, effective, expires, scope; source and quote, or conversation and number of a
            person's reply; ``replaces``: the number of the entry of which this is a new version
        :raises Unusable: naming what cannot be taken
        :raises NotAllowed: for words that no person said, or while the version before waits for its review
        """
        fields = read_fields(given)
        if given.get("source") and not by.has(*EDITORS):
            raise NotAllowed("从资料起草由知识编辑来做；坐席可以用写给居民的回复起草")
        with self._store.writing() as connection:
            before = self._before(connection, given)
            origin, evidence, ground = self._evidence(connection, given, before)
            if wrong := violations(fields["text"], [ground], (DISTRICT,)):
                raise Unusable(
                    f"答案里的「{'、'.join(v.value for v in wrong)}」在出处里没有：请照出处写，或另选出处"
                )
            row = {
                **fields, "questions": _json(fields["questions"]), "origin": origin, "evidence": _json(evidence),
                "district": DISTRICT, "state": "draft", "off": False, "author": by.id, "author_name": by.name,
                "at": self._clock(), "root": (before.root or before.id) if before else None,
                "version": before.version + 1 if before else 1,
            }  # fmt: skip
            number = connection.execute(insert(table).returning(table.c.id), row).scalar_one()
            self._acts.record(connection, by, "entry_drafted", f"entry-{number}", {"version": row["version"]})
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
        """All of them, the newest first. ``ground``: the reply of which a draft was made, while it is kept."""
        query = select(table).order_by(table.c.id.desc()).limit(MOST_LISTED)
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
            return [self._shown(connection, row) for row in rows]

    def _shown(self, connection: Connection, row: Row[Any]) -> dict[str, Any]:
        evidence, ground = json.loads(row.evidence), ""
        if row.origin == "human" and row.state == "draft":
            said = _reply(connection, evidence)
            ground = said.text if said is not None and not said.erased else ""
        told = {"questions": json.loads(row.questions), "evidence": evidence, "ground": ground}
        return {**row._mapping, **told, "root": row.root or row.id}

    def live(self) -> tuple[CuratedEntry, ...]:
        """All approved versions, read anew every second; none while the ledger cannot be asked.

        Which of them count on a day is told by ``actions.answering.curated.in_force``.
        """
        if time.monotonic() - self._read_at >= READ_EVERY_SECONDS:
            self._read_at = time.monotonic()
            try:
                self._live = self._read()
            except LedgerUnusable as error:
                log.warning("no curated answers: %s", error)
                self._live = ()
        return self._live

    def _read(self) -> tuple[CuratedEntry, ...]:
        query = select(table).where(table.c.state == "approved").order_by(table.c.id.desc())
        with self._store.reading() as connection:
            return tuple(_entry(row) for row in connection.execute(query))

    def _before(self, connection: Connection, given: Mapping[str, Any]) -> Row[Any] | None:
        """The newest version of what ``given`` replaces; a refused one counts, so that no number comes twice."""
        if not given.get("replaces"):
            return None
        if not isinstance(given["replaces"], int):
            raise NotFound("要改的那一条，编号应是整数")
        old = self._of(connection, given["replaces"])
        mine = or_(table.c.id == (old.root or old.id), table.c.root == (old.root or old.id))
        newest = connection.execute(select(table).where(mine).order_by(table.c.version.desc())).first()
        if newest is not None and newest.state == "draft":
            raise NotAllowed(f"第 {newest.id} 条是这条的新版本，还在等审核：先审它")
        return newest

    def _evidence(
        self, connection: Connection, given: Mapping[str, Any], before: Row[Any] | None
    ) -> tuple[str, dict[str, Any], str]:
        if given.get("source"):
            return self._from_source(str(given["source"]), str(given.get("quote", "")).strip())
        asked = {"conversation": str(given.get("conversation", "")), "number": given.get("number")}
        row = _reply(connection, asked)
        if row is not None and not row.erased:
            if row.speaker != "operator":
                raise NotAllowed("只有坐席写的回复能成为知识：机器人说的、居民说的都不行")
            replied = row.at.astimezone(LOCAL).date().isoformat()
            return "human", {**asked, "replier": row.name, "replied": replied}, row.text
        kept = json.loads(before.evidence) if before is not None else {}
        if before is not None and before.origin == "human" and asked.items() <= kept.items():
            # The conversation was erased: what had been checked against it before is all that may be said.
            return "human", kept, before.text
        raise Unusable("要有出处：资料里的一句原文，或坐席在对话里的一条回复")

    def _from_source(self, source: str, quote: str) -> tuple[str, dict[str, Any], str]:
        found = cited(source, quote, self._library()) if len(quote) >= 6 else None
        if found is None:
            raise Unusable("原文里没有这句话：请从资料里原样复制至少 6 个字")
        if found.district != DISTRICT:
            raise Unusable(f"这份资料讲的是{found.district}，不能用来回答{DISTRICT}的事")
        return "source", {"source": source, "quote": quote}, quote

    def _of(self, connection: Connection, number: int) -> Row[Any]:
        row = connection.execute(select(table).where(table.c.id == number)).first()
        if row is None:
            raise NotFound(f"没有编号为 {number} 的精选回答")
        return row


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _reply(connection: Connection, where: Mapping[str, Any]) -> Row[Any] | None:
    if not isinstance(where.get("number"), int):
        return None
    place = utterances.c.conversation == where["conversation"], utterances.c.number == where["number"]
    return connection.execute(select(utterances).where(*place)).first()


def _entry(row: Row[Any]) -> CuratedEntry:
    evidence = json.loads(row.evidence)
    replied = evidence.get("replied")
    return CuratedEntry(
        row.id, tuple(json.loads(row.questions)), row.text, row.effective, row.expires,
        evidence.get("source", ""), evidence.get("quote", ""), evidence.get("replier", ""),
        dt.date.fromisoformat(replied) if replied else None, row.root or row.id, row.version, row.scope, row.off,
    )  # fmt: skip
