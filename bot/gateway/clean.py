"""Turns what was typed into one plain line of text that is safe to hand to Rasa.

Rasa executes messages that begin with ``/``, stalls on very long ones and answers nothing to blank
ones (or to half a surrogate pair), so none of these may reach it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

Problem = Literal["empty", "no_words", "too_long"]

# Characters that some program downstream may take for the slash that starts a Rasa command.
_SLASHES = "/／⁄∕⧸╱"
# Letters by category, yet blank on every screen.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_MAX_MARKS = 2  # combining marks on one letter; more is decoration that swells the text
_RAW_FACTOR = 40  # beyond this many times the limit the text is not even looked at


@dataclass(frozen=True)
class Cleaned:
    """The text to use, or the reason why there is none (then ``text`` is empty)."""

    text: str
    problem: Problem | None = None


def clean(message: str, max_chars: int) -> Cleaned:
    """Normalise a message.

    >>> clean("\\u200b/restart", 300)
    Cleaned(text='／restart', problem=None)
    >>> clean("😀😀", 300).problem
    'no_words'

    :param max_chars: longest text accepted, counted after cleaning.
    """
    if len(message) > max_chars * _RAW_FACTOR:
        return Cleaned("", "too_long")
    text = _plain(message)
    if not text:
        return Cleaned("", "empty")
    if len(text) > max_chars:
        return Cleaned("", "too_long")
    if not any(unicodedata.category(char)[0] in "LN" for char in text):
        return Cleaned("", "no_words")
    bare = text.lstrip(_SLASHES + " ")
    return Cleaned("／" + bare if bare != text else text)


def _plain(message: str) -> str:
    # Two halves of a pair that arrived as separate escapes belong together; a lone half becomes U+FFFD.
    whole = message.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", whole):
        category = unicodedata.category(char)
        if category[0] == "Z" or char in "\t\n\r\v\f\x85":
            kept.append(" ")
            continue
        if category in _DROPPED or char in _BLANK_LETTERS or char == "\ufffd" or _is_selector(char):
            continue
        marks = marks + 1 if category[0] == "M" else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    # What was dropped may have stood between a letter and its accent: put them together now.
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
