"""Handed-in documents on their way: draft → described → published, or refused, and withdrawn.

Who has handed a document in never decides on it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from actions.accounts.acts import Acts
from actions.accounts.records import Operator
from actions.governance.canary import Canary
from actions.governance.contents import NewDocument
from actions.governance.described import Described, described
from actions.governance.errors import NotAllowed, NotFound
from actions.governance.tables import knowledge_documents as table
from actions.privacy import mask
from actions.tickets.store import Store
from knowledge.formats.refusal import limits

DRAFT, DESCRIBED, PUBLISHED, REFUSED, WITHDRAWN = "draft", "described", "published", "refused", "withdrawn"
BLOCKING = ("instructions", "hidden", "garbled", "personal")  # an approver has to say that these were seen
MOST_LISTED = 200


@dataclass(frozen=True)
class Handed:
    """A document as it is kept."""

    id: int
    name: str
    format: str
    text: str
    flags: tuple[dict[str, str], ...]
    entry: dict[str, Any]
    canaries: tuple[dict[str, Any], ...]
    state: str
    reason: str
    uploader: int
    uploader_name: str
    at: dt.datetime
    decided_name: str

    @property
    def source(self) -> str:
        """The id under which it is answered from."""
        return f"upload-{self.id}"

    def document(self) -> NewDocument:
        """For a generation."""
        entry = dict(self.entry)
        published, period = dt.date.fromisoformat(entry.pop("published")), tuple(entry.pop("period"))
        return NewDocument(self.source, published=published, period=period, text=self.text, **entry)

    def checks(self) -> tuple[Canary, ...]:
        """Its check questions."""
        return tuple(Canary(c["question"], tuple(c["holds"]), self.source) for c in self.canaries)


class Documents:
    """The table ``knowledge_documents``."""

    def __init__(self, store: Store, acts: Acts, clock: Callable[[], dt.datetime]) -> None:
        self._store, self._acts, self._clock = store, acts, clock

    def keep(self, by: Operator, name: str, data: bytes, read: Mapping[str, Any]) -> int:
        """Keep what was read of a file as a draft; returns its number."""
        flags = [*read["flags"]]
        if mask(read["text"]) != read["text"]:
            flags.append({"name": "personal", "example": "文中有手机号或身份证号"})
        digest = sha256(data).hexdigest()
        row = {
            "digest": digest, "name": name, "format": read["format"], "text": read["text"], "state": DRAFT, "reason": "",
            "flags": _json(flags), "entry": _json(read["suggestion"]), "canaries": "[]",
            "uploader": by.id, "uploader_name": by.name, "at": self._clock(),
        }  # fmt: skip
        with self._store.writing() as connection:
            number = connection.execute(insert(table).returning(table.c.id), row).scalar_one()
            self._acts.record(connection, by, "document_handed_in", f"upload-{number}", {"sha256": digest})
        return int(number)

    def describe(self, by: Operator, number: int, given: Mapping[str, Any]) -> Described:
        """What the editor says it is. Raises Unusable, naming the field, beside NotFound and NotAllowed."""
        with self._store.writing() as connection:
            found = self._of(connection, number)
            _within(found, DRAFT, DESCRIBED)
            told = described(given, [flag["name"] for flag in found.flags], found.entry.get("district", ""))
            values = {"entry": _json(told.entry), "canaries": _json(told.canaries), "state": DESCRIBED}
            # Who says what it is stands for it like who handed it in.
            self._set(connection, number, {**values, "uploader": by.id, "uploader_name": by.name})
            self._acts.record(connection, by, "document_described", found.source)
        return told

    def decide(self, by: Operator, number: int, seen: bool) -> Handed:
        """Whether ``by`` may let it be published. Raises NotAllowed, saying why not.

        :param seen: that the flags were seen and found harmless
        """
        found = self.get(number)
        _within(found, DESCRIBED, WITHDRAWN)
        if found.uploader == by.id:
            raise NotAllowed("要由另一位知识编辑审核：谁交的、谁写的说明，谁就不能批准")
        blocking = [flag["name"] for flag in found.flags if flag["name"] in BLOCKING]
        if blocking and not seen:
            raise NotAllowed(f"文件有需要看过的标记（{'、'.join(blocking)}）：看过无碍后勾选再批准")
        return found

    def refuse(self, by: Operator, number: int, reason: str) -> None:
        """It is not taken. Raises NotAllowed unless it waits for that."""
        self.settle(by, number, REFUSED, "document_refused", (DRAFT, DESCRIBED), reason)

    def settle(
        self, by: Operator, number: int, state: str, kind: str, within: tuple[str, ...], reason: str = ""
    ) -> None:
        """Write down what became of it."""
        with self._store.writing() as connection:
            found = self._of(connection, number)
            _within(found, *within)
            decided = {"decided_by": by.id, "decided_name": by.name, "decided_at": self._clock()}
            self._set(connection, number, {**decided, "state": state, "reason": reason[:400]})
            self._acts.record(connection, by, kind, found.source)

    def get(self, number: int) -> Handed:
        """One of them. Raises NotFound."""
        with self._store.reading() as connection:
            return self._of(connection, number)

    def newest(self) -> tuple[Handed, ...]:
        """The newest first."""
        query = select(table).order_by(table.c.id.desc()).limit(MOST_LISTED)
        with self._store.reading() as connection:
            return tuple(read_handed(row) for row in connection.execute(query))

    def _of(self, connection: Connection, number: int) -> Handed:
        row = connection.execute(select(table).where(table.c.id == number)).first()
        if row is None:
            raise NotFound(f"没有编号为 {number} 的文件")
        return read_handed(row)

    def _set(self, connection: Connection, number: int, values: Mapping[str, Any]) -> None:
        connection.execute(update(table).where(table.c.id == number).values(values))


def quarantine_limit() -> int:
    """Bytes that a handed-in file may have."""
    return int(limits()["bytes"])


def _within(found: Handed, *states: str) -> None:
    if found.state not in states:
        raise NotAllowed(f"文件 {found.id} 现在是 {found.state}，不能这样做（要是 {'、'.join(states)}）")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_handed(row: Row[Any]) -> Handed:
    """A row of the table."""
    return Handed(
        row.id, row.name, row.format, row.text, tuple(json.loads(row.flags)), json.loads(row.entry),
        tuple(json.loads(row.canaries)), row.state, row.reason, row.uploader, row.uploader_name, row.at,
        row.decided_name or "",
    )  # fmt: skip
