"""Looks over a report before anything is kept of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from actions.privacy import mask
from actions.tickets.errors import ReportInvalid
from actions.tickets.records import Report

# In characters; a report that is longer is refused, never cut.
LIMITS = {
    "problem": 4600,  # what Open311 allows, and the address of a picture
    "place": 300,
    "since": 100,
    "contact": 40,
    "channel": 20,
    "session": 128,
    "language": 8,
    "mood": 40,
    "category": 40,
}
KEY_CHARS = 200
_CONTACT = re.compile(r"\+?\d[\d\- ]{5,20}")


def checked(report: Report) -> Report:
    """The report without control characters, with personal numbers in its text masked.

    :raises ReportInvalid: naming the field, what is wrong with it and what would do
    """
    texts = {name: _text(name, getattr(report, name)) for name in LIMITS}
    if not texts["problem"]:
        raise ReportInvalid("problem 是空的：请说明反映的是什么事")
    if texts["contact"] and not report.consent:
        raise ReportInvalid("有 contact 而没有 consent：没有同意就不能留联系电话")
    contact = unicodedata.normalize("NFKC", texts["contact"])
    if contact and not _CONTACT.fullmatch(contact):
        raise ReportInvalid("contact 不像电话号码：6 到 21 位数字，可以有空格和连字符")
    _check_position(report)
    changes: dict[str, Any] = {**texts, "contact": contact}
    changes |= {name: None if at is None else float(at) for name, at in _position(report).items()}
    # Only in "contact" is a phone number encrypted; it must not stand in the text beside it.
    changes |= {name: mask(texts[name]) for name in ("problem", "place", "since")}
    return replace(report, **changes)


def plain(text: str) -> str:
    """``text`` without control characters (line breaks stay) and lone surrogates, which no database keeps."""
    if not text.replace("\n", "").isprintable():  # most are, and need no look at each character
        text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", text).strip()


def checked_words(name: str, words: str, most: int = 2000) -> str:
    """Words of a reply, a reason or a note.

    :raises ReportInvalid: when they are too long
    """
    if len(words) > most:
        raise ReportInvalid(f"{name} 有 {len(words)} 字，至多 {most} 字")
    return plain(words)


def required_words(name: str, words: str, most: int = 2000) -> str:
    """Words that a step cannot do without.

    :raises ReportInvalid: when they are missing or too long
    """
    words = checked_words(name, words, most)
    if not words:
        raise ReportInvalid(f"{name} 是空的：这一步要写明")
    return words


def known_name(name: str, value: str, names: Collection[str]) -> str:
    """``value``, if it is one of ``names``; where there are none, anything is.

    :raises ReportInvalid: naming those there are
    """
    if value and names and value not in names:
        raise ReportInvalid(f"{name}「{value}」不存在，可选：{'、'.join(names)}")
    return value


def checked_key(key: str) -> str:
    """An idempotency key.

    :raises ReportInvalid: when it is empty or too long
    """
    if not key or len(key) > KEY_CHARS:
        raise ReportInvalid(f"key 要有 1 到 {KEY_CHARS} 个字符，现在是 {len(key)} 个")
    return key


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ReportInvalid(f"{name} 应是文字")
    return checked_words(name, value, LIMITS[name])


def _position(report: Report) -> dict[str, float | None]:
    return {"lat": report.lat, "long": report.long}


def _check_position(report: Report) -> None:
    if (report.lat is None) != (report.long is None):
        raise ReportInvalid("lat 和 long 要么都给，要么都不给")
    for (name, value), most in zip(_position(report).items(), (90, 180), strict=True):
        if value is not None and not abs(value) <= most:  # so written, because NaN is neither above nor below
            raise ReportInvalid(f"{name} 要在 -{most} 和 {most} 之间")
