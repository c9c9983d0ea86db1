"""Finds canaries in whatever a system has left behind, however they are written there.

    finder = Finder(canaries)
    finder.found("我的电话是幺三八 0013 8000")     # {Canary(…)}

Text is unescaped and folded to plain digits first; digits that stand close together count as one number, so what was split
by words, dots or line noise is found as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import unquote

from tests.faults.canaries.numbers import Canary

_NEAR = re.compile(r"[^0-9X]{7,}")  # further apart than this, two digits belong to two numbers
_WORDS = str.maketrans("〇零幺一二三四五六七八九壹贰叁肆伍陆柒捌玖x", "001123456789123456789X")
_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_WIDE_ESCAPE = re.compile(r"\\+U([0-9a-fA-F]{8})")


class Finder:
    """Knows the canaries."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self._numbers: dict[int, dict[str, Canary]] = defaultdict(dict)
        self._words: dict[str, Canary] = {}
        for canary in canaries:
            if canary.kind == "address":
                self._words[canary.digits] = canary
            else:
                self._numbers[len(canary.digits)][canary.digits] = canary

    def found(self, *texts: str | bytes, addresses: bool = True) -> frozenset[Canary]:
        """The canaries in them.

        :param addresses: whether words count too; a place is what a report is about, and is kept.
        """
        return frozenset(canary for text in texts for canary in self._in(_plain(text), addresses))

    def _in(self, text: str, addresses: bool) -> Iterable[Canary]:
        if addresses:
            yield from (canary for words, canary in self._words.items() if words in text)
        for run in _NEAR.split(_folded(text)):
            digits = re.sub(r"[^0-9X]", "", run)
            for length, known in self._numbers.items():
                for at in range(len(digits) - length + 1):
                    if canary := known.get(digits[at : at + length]):
                        yield canary


def _plain(text: str | bytes) -> str:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "ignore")
    # Halves of a pair are put together again: \ud835\udfcf is one digit.
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    text = _WIDE_ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0x10FFFF)), text)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return unquote(text) if "%" in text else text


def _folded(text: str) -> str:
    kept = []
    for char in text if text.isascii() else unicodedata.normalize("NFKC", text):
        if char.isascii() or unicodedata.category(char) not in ("Cf", "Mn", "Me"):
            kept.append(char)
    return "".join(kept).translate(_WORDS)
