"""The history of all tickets as one chain: every row is signed together with the row before it.

    chain = Chain(settings.ledger_key…)
    chain.append(connection, Entry(…))       # inside the transaction of what it tells

Who does not hold the key cannot add, change, remove or reorder a row without ``actions.tickets.audit`` finding it. The
length and the head of the chain stand, signed too, in ``anchors``, so that a cut-off end is found as well. When the key
is changed (``rotation.py``), a seal under the new one goes between the last old row and the first new one.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import astuple, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from actions.tickets.errors import KeyMissing
from actions.tickets.moment import LOCAL, written
from actions.tickets.sealing import key_id
from actions.tickets.tables import anchors, history, seals

GENESIS = "0" * 64
LATEST = "latest"  # the anchor that always moves; the others stay behind, one a day


@dataclass(frozen=True)
class Entry:
    """One row of history before it is signed; ``details`` is a JSON object as text."""

    ticket_id: int
    version: int
    at: datetime
    actor: str
    role: str
    move: str
    state_from: str
    state_to: str
    public: bool
    details: str
    ticket_digest: str


class Chain:
    """Signs with one key.

    :param key: LEDGER_KEY
    :param old: the one before it, if it is still here
    """

    def __init__(self, key: str, old: str = "") -> None:
        if not key:
            raise KeyMissing("没有 LEDGER_KEY：运行 make up 会生成，也可写进环境变量")
        self.id = key_id(key)
        self.older = Chain(old) if old and old != key else None
        self._key = sha256(b"history:" + key.encode()).digest()

    def append(self, connection: Connection, entry: Entry) -> None:
        """Add a row; the caller holds the ledger's writer lock.

        :raises KeyMissing: when another process has changed the key meanwhile
        """
        position, previous = self.end(connection)
        position += 1
        signed = self.sign(position, entry, previous)
        values = {**entry.__dict__, "position": position, "previous": previous, "hash": signed}
        connection.execute(insert(history), values)
        for day in (LATEST, entry.at.astimezone(LOCAL).date().isoformat()):
            self.anchor(connection, day, position, signed)

    def end(self, connection: Connection) -> tuple[int, str]:
        """Position of the last row, and what the next one goes on from.

        :raises KeyMissing: when the last seal was made with another key than this one
        """
        query = select(history.c.position, history.c.hash).order_by(history.c.position.desc())
        last = connection.execute(query.limit(1)).first()
        position, head = (last.position, last.hash) if last else (0, GENESIS)
        seal = self.seal(connection)
        return position, seal.hash if seal and seal.position == position else head

    def seal(self, connection: Connection) -> Row[Any] | None:
        """The last change of key; None: there was none.

        :raises KeyMissing: when it was to another key than this one
        """
        seal = connection.execute(select(seals).order_by(seals.c.position.desc()).limit(1)).first()
        if seal and seal.key_new != self.id:
            raise KeyMissing(
                f"历史从第 {seal.position + 1} 行起用密钥 {seal.key_new}，手上的 LEDGER_KEY 是 {self.id}：换成新的并重启"
            )
        return seal

    def sign(self, position: int, entry: Entry, previous: str) -> str:
        """The hash a row must carry."""
        parts = [written(p) if isinstance(p, datetime) else p for p in astuple(entry)]
        return self._mac(["row", position, *parts, previous])

    def sign_anchor(self, day: str, length: int, head: str) -> str:
        """The signature an anchor must carry."""
        return self._mac(["anchor", day, length, head])

    def sign_seal(self, *parts: object) -> str:
        """The hash a seal must carry."""
        return self._mac(["seal", *(written(p) if isinstance(p, datetime) else p for p in parts)])

    def blind(self, purpose: str, text: str) -> str:
        """A name for ``text`` that can be compared but not read."""
        return self._mac(["blind", purpose, text])

    def blinds(self, purpose: str, text: str) -> tuple[str, ...]:
        """The name it has now, then the one it had under the older key."""
        own = (self.blind(purpose, text),)
        return own + (self.older.blinds(purpose, text) if self.older else ())

    def anchor(self, connection: Connection, day: str, length: int, head: str) -> None:
        """Write down, signed, how long the chain was at the end of a day."""

        values = {"length": length, "head": head, "signature": self.sign_anchor(day, length, head)}
        moved = update(anchors).where(anchors.c.day == bindparam("kept"))
        if not connection.execute(moved, {"kept": day, **values}).rowcount:
            connection.execute(insert(anchors), {"day": day, **values})

    def _mac(self, parts: list[object]) -> str:
        text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
        return hmac.new(self._key, text.encode(), sha256).hexdigest()
