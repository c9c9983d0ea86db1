"""Changing LEDGER_KEY: the history up to now is checked with the old key and sealed under the new one.

    Rotation(store, Chain(new, old), clock).rotate("李岚")     # Seal(position=1204, …)

A seal holds a digest of every row before it, signed with the new key: from then on the old key is needed by nobody, and
whoever has it can change nothing unseen. The next row of history goes on from the seal, so the seal itself is a link of
the chain. A process that still has the old key is refused its next write (``Chain.end``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from actions.tickets.audit import Audit
from actions.tickets.chain import GENESIS, Chain
from actions.tickets.errors import KeyMissing, LedgerUnusable
from actions.tickets.links import digest_of, raw
from actions.tickets.store import Store
from actions.tickets.tables import anchors, history, seals

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seal:
    """A change of key. ``verified``: the old key was there and everything before was in order."""

    position: int
    head: str
    digest: str
    verified: bool
    key_old: str
    key_new: str
    at: datetime
    actor: str
    hash: str


class Rotation:
    """Seals.

    :param chain: with the new key, and the old one behind it
    :param others: carry over what else the key signs, in the same transaction; told whether the old key is lost
    """

    def __init__(
        self,
        store: Store,
        chain: Chain,
        clock: Callable[[], datetime],
        others: Sequence[Callable[[Connection, bool], None]] = (),
    ) -> None:
        self._store = store
        self._chain = chain
        self._clock = clock
        self._others = tuple(others)

    def rotate(self, actor: str, lost: bool = False) -> Seal:
        """Check with the old key, seal with the new one, in one transaction.

        :param lost: the old key is gone: what was before cannot be checked, and the seal says so
        :raises KeyMissing: without the old key, or when the new key is in use already
        :raises LedgerUnusable: when the history does not verify; nothing is written
        """
        older = self._chain.older
        if older is None and not lost:
            raise KeyMissing("没有 LEDGER_KEY_OLD：把旧的 LEDGER_KEY 写在那里；旧密钥丢了就用 --lost")
        with self._store.writing() as connection:
            rows = list(connection.execute(raw(history).order_by(history.c.position)))
            made = list(connection.execute(raw(seals).order_by(seals.c.position)))
            if (made and made[-1].key_new == self._chain.id) or (not made and self._signs(connection)):
                raise KeyMissing(f"历史已经在用这把 LEDGER_KEY（{self._chain.id}）：没有要换的")
            if older is not None and not lost:
                self._refuse_tampered(connection, older, rows)
            seal = self._seal(rows, made, actor, not lost)
            connection.execute(insert(seals), seal.__dict__)
            for anchor in connection.execute(select(anchors)).all():
                self._chain.anchor(connection, anchor.day, anchor.length, anchor.head)
            for carry_over in self._others:
                carry_over(connection, lost)
        return seal

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def check(self) -> None:
        """Before a process writes: is this the key that the history is signed with?

        :raises KeyMissing: when a new key is set and the history has not been sealed under it yet
        """
        older = self._chain.older
        with self._store.reading() as connection:
            if self._signs(connection) or connection.scalar(select(func.count()).select_from(anchors)) == 0:
                return
            if older and Rotation(self._store, older, self._clock)._signs(connection):
                raise KeyMissing(
                    "LEDGER_KEY 换了，历史还没有封存：先运行 python -m bot.cli tickets rotate-ledger-key --as 姓名"
                )
        log.error("LEDGER_KEY does not verify the last anchor of the history: run `tickets audit verify`")

    def _signs(self, connection: Connection) -> bool:
        """Whether the last anchor carries the signature of this key."""
        newest = select(anchors).order_by(anchors.c.length.desc()).limit(1)
        found = connection.execute(newest).first()
        sign = self._chain.sign_anchor
        return bool(found and found.signature == sign(found.day, found.length, found.head))

    def _refuse_tampered(self, connection: Connection, older: Chain, rows: list[Row[Any]]) -> None:
        findings = Audit(self._store, older).findings(connection, rows)
        if findings:
            raise LedgerUnusable(
                f"历史用旧密钥核验不过（{len(findings)} 处，第一处：{findings[0]}）：没有换密钥。先查清，或核对 LEDGER_KEY_OLD"
            )

    def _seal(self, rows: Sequence[Row[Any]], made: Sequence[Row[Any]], actor: str, verified: bool) -> Seal:
        last = rows[-1] if rows else None
        older = self._chain.older
        values: dict[str, Any] = {
            "position": last.position if last else 0,
            "head": last.hash if last else GENESIS,
            "digest": digest_of(rows, made),
            "verified": verified,
            "key_old": older.id if older else "",
            "key_new": self._chain.id,
            "at": self._clock(),
            "actor": actor,
        }
        return Seal(**values, hash=self._chain.sign_seal(*values.values()))
