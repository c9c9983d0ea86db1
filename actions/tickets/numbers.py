"""Ticket numbers that can be read out over the phone, and the short codes that go with them.

A number is ``HS-261122-48371``: the day, then five random digits. It does not count, so it tells nobody how many
tickets there are and gives nobody a neighbour's number; and no part of it can be taken for a phone number.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime

_NUMBER = re.compile(r"(?:HS)?[\s\-_.]*(\d{6})[\s\-_.]*(\d{5})", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-"))
CODE_DIGITS = 6


def draw_number(day: datetime) -> str:
    """A number for a ticket filed on that day; whether it is free is for the ledger to see."""
    return f"HS-{day:%y%m%d}-{secrets.randbelow(100_000):05d}"


def draw_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def tidy_number(typed: str) -> str:
    """The number as it is kept; empty for what cannot be one.

    >>> tidy_number("ｈｓ 261122 48371")
    'HS-261122-48371'
    """
    match = _NUMBER.fullmatch(_plain(typed))
    return f"HS-{match.group(1)}-{match.group(2)}" if match else ""


def tidy_code(typed: str) -> str:
    """The digits of a code; empty for what cannot be one."""
    digits = re.sub(r"[\s\-]", "", _plain(typed))
    return digits if len(digits) == CODE_DIGITS and digits.isascii() and digits.isdigit() else ""


def _plain(typed: str) -> str:
    # NFKC makes one wide digit into one narrow one; nothing here may grow.
    return unicodedata.normalize("NFKC", typed[:40]).translate(_DASHES).strip()
