"""The rows of history and the seals between them, checked link by link; see ``audit``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, Select, String, Table, select, type_coerce

from actions.tickets.chain import GENESIS, Chain, Entry
from actions.tickets.moment import Moment, read

_FIELDS = tuple(Entry.__dataclass_fields__)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written. ``position`` is 0 where a ticket or an anchor is meant."""

    position: int
    what: str

    def __str__(self) -> str:
        return f"第 {self.position} 行：{self.what}" if self.position else self.what


@dataclass(frozen=True)
class Linked:
    """What the database holds, oldest first, moments as text.

    :param chain: with the present key; behind it the older one, if it is still here
    """

    chain: Chain
    rows: Sequence[Row[Any]]
    seals: Sequence[Row[Any]]

    def findings(self) -> Iterator[Finding]:
        """Every row that is gone, out of place or not as it was signed."""
        yield from self._seals()
        next_position, previous = 1, self._after(0, GENESIS)
        for row in self.rows:
            if row.position != next_position:
                last = row.position - 1
                gone = f"{next_position}" if last == next_position else f"{next_position}–{last}"
                yield Finding(next_position, f"第 {gone} 行不见了")
            elif row.previous != previous:
                yield Finding(row.position, "接不上前一行：前一行或这一行被改动、调换或插入")
            chain = self._chain_of(row.position)
            if chain and row.hash != _signature(chain, row):
                yield Finding(row.position, "签名不符：这一行被改动、调换或插入")
            next_position, previous = row.position + 1, self._after(row.position, row.hash)

    def _seals(self) -> Iterator[Finding]:
        """The newest seal stands for all rows and seals before it."""
        if not self.seals:
            return
        *earlier, last = self.seals
        if last.key_new != self.chain.id or last.hash != signature_of(self.chain, last):
            yield Finding(
                0, f"第 {last.position} 行处的换钥封条签名不符：封条被改动过，或者 LEDGER_KEY 不是那一把"
            )
        rows = [row for row in self.rows if row.position <= last.position]
        if digest_of(rows, earlier) != last.digest:
            yield Finding(0, f"换钥封存的第 1–{last.position} 行有改动")

    def _after(self, position: int, hash_: str) -> str:
        """What the row behind ``position`` goes on from."""
        return next((seal.hash for seal in self.seals if seal.position == position), hash_)

    def _chain_of(self, position: int) -> Chain | None:
        """The chain that signed a row; None where its key is gone and the seal vouches for it."""
        later = [seal for seal in self.seals if seal.position >= position]
        if not later:
            return self.chain
        older = self.chain.older
        return older if older and later[0].key_old == older.id else None


def raw(table: Table) -> Select[Any]:
    """All of a table, moments as text: one that was tampered with may not be readable, and has to be reported."""
    return select(
        *(type_coerce(c, String).label(c.name) if isinstance(c.type, Moment) else c for c in table.c)
    )


def digest_of(rows: Sequence[Row[Any]], made: Sequence[Row[Any]]) -> str:
    """A fingerprint of rows of history and of the seals between them, as the database keeps them."""
    whole = sha256()
    for row in (*rows, *made):
        whole.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def signature_of(chain: Chain, seal: Row[Any]) -> str:
    """The hash that a stored seal must carry; empty where its time is not readable."""
    try:
        at = read(seal.at)
    except (TypeError, ValueError):
        return ""
    parts = (seal.position, seal.head, seal.digest, bool(seal.verified), seal.key_old, seal.key_new)
    return chain.sign_seal(*parts, at, seal.actor)


def _signature(chain: Chain, row: Row[Any]) -> str:
    entry = Entry(**{name: row._mapping[name] for name in _FIELDS})
    try:
        return chain.sign(row.position, entry, row.previous)
    except TypeError:  # a value that no writer of ours leaves in a text column
        return ""
