"""One row of ``tickets`` as an object, for this folder and for the operators' side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row

from actions.tickets.moment import written
from actions.tickets.records import PublicTicket


@dataclass(frozen=True)
class Ticket:
    """A ticket with everything but its contact. ``code`` is sealed. Fields as in ``tables.tickets``."""

    id: int
    number: str
    code: str
    version: int
    state: str
    state_before: str
    kind: str
    category: str
    department: str
    confidence: float
    problem: str
    place: str
    since: str
    lat: float | None
    long: float | None
    mood: str
    language: str
    channel: str
    session: str
    callback: bool
    created: datetime
    updated: datetime
    clock_start: datetime
    due: datetime
    provisional: bool
    extension_days: int
    responded: datetime | None
    closed: datetime | None
    reply: str
    solved: bool | None
    urged: int
    reopened: int
    merged_into: int | None
    priority: str | None  # None: as usual

    @classmethod
    def from_row(cls, row: Row[Any]) -> Ticket:
        """From a row of ``select(tickets)``."""
        return cls(**{name: row._mapping[name] for name in _NAMES})

    def values(self) -> dict[str, Any]:
        """The columns, for writing it back."""
        return {name: getattr(self, name) for name in _NAMES}

    def digest(self) -> str:
        """A fingerprint of all that is kept of it."""
        return digest(self.values())

    def public(self) -> PublicTicket:
        """What the reporter may see."""
        return PublicTicket(**{f.name: getattr(self, f.name) for f in fields(PublicTicket)})


_REAL = frozenset({"confidence", "lat", "long"})


def digest(values: Mapping[str, Any]) -> str:
    """A fingerprint of a ticket's columns, moments as datetimes or as the database keeps them.

    Columns without a value stay out, so that a column added later changes no old fingerprint. So does the sealed code,
    which guards itself and changes with CONTACT_KEY.
    """
    kept = {k: written(v) if isinstance(v, datetime) else v for k, v in values.items() if k != "code"}
    # Of such a column SQLite gives a whole number back as 1 where it has just been written, and as 1.0 ever after.
    present = {k: float(v) if k in _REAL else v for k, v in kept.items() if v is not None}
    return sha256(json.dumps(present, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


_NAMES = tuple(f.name for f in fields(Ticket))
