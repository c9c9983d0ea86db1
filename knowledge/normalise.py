"""The one normaliser, for passages and for questions. For matching only: nothing it returns is shown."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import opencc

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufe0e\ufe0f]")
_QUOTES = str.maketrans("", "", "“”‘’„‟\"'`´「」『』〝〞＂＇")
_THOUSANDS = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")  # 1,200 and not 2020,273
_DIGITS = re.compile(r"(?<!十)[〇零一二三四五六七八九幺○]{3,}")  # 十四五一共 is no 451
_DIGIT_VALUES = str.maketrans("〇零○一幺二三四五六七八九", "0001123456789")
_COUNTING = "一二三四五六七八九"
_SPACE = re.compile(r"\s+")
_LOOSE = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")


@lru_cache(maxsize=8192)  # the same passages are compared for every question
def normalise(text: str) -> str:
    """``text`` as it is compared: NFKC, lower case, simplified, no quotes, digits, no idle blanks.

    >>> normalise("「九六一零」跨境電商　1,200 家")
    '9610跨境电商1200家'
    """
    text = _INVISIBLE.sub("", text.translate(_QUOTES))
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    text = simplified(text)
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    text = _LOOSE.sub("", _SPACE.sub(" ", text).strip())
    text = unicodedata.normalize("NFKC", text)  # a blank may have kept an accent from its letter
    return _THOUSANDS.sub(lambda m: m.group().replace(",", ""), _DIGITS.sub(_to_digits, text))


def _to_digits(match: re.Match[str]) -> str:
    """Numerals read out digit by digit; 一二三产业 and 三四五线 count up and stay words."""
    numeral = match.group()
    return numeral if numeral in _COUNTING else numeral.translate(_DIGIT_VALUES)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters as simplified ones; nothing else changes."""
    return text if text.isascii() else str(_converter().convert(text))
