"""What a language model said: read it strictly, and show nothing that its evidence doesn't hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from actions.answering.errors import ReplyRejected
from actions.answering.llm_rules import Rules
from actions.answering.verify import violations
from knowledge.normalise import normalise

_FENCE = re.compile(r"^```(?:json)?\s*|\s*```$")
_TOKEN = re.compile(r"\[?(\d{1,2})\]?")
_INLINE = re.compile(r"\s*\[\d{1,2}\]")
# Printable ASCII, Chinese characters and their punctuation: no control, invisible or look-alike characters.
_PLAIN = re.compile(r"[\n -~·–—‘’“”…、。《》「」【】！-～㎡℃一-鿿]*")
_CHINESE = re.compile(r"[一-鿿]")
LEAK = 12  # characters in a row that stand in the instructions


@dataclass(frozen=True)
class Line:
    """One rewritten sentence and the number of the only evidence it may rest on."""

    source: int
    text: str


@dataclass(frozen=True)
class Reply:
    """Lines to show, or numbers of evidence to show as it stands; one of the two is empty."""

    lines: tuple[Line, ...] = ()
    pick: tuple[int, ...] = ()


def read_reply(text: str, known: frozenset[int]) -> Reply:
    """The reply, without what cites evidence that was never given.

    :raises ReplyRejected: ``form`` if it is not the agreed JSON, ``no_source`` if nothing cited is known.
    """
    try:
        data = json.loads(_FENCE.sub("", text.strip()))
    except (ValueError, RecursionError):
        raise ReplyRejected("form") from None
    if not isinstance(data, dict):
        raise ReplyRejected("form")
    entries, pick = data.get("lines", []), data.get("pick", [])
    if not isinstance(entries, list) or not isinstance(pick, list):
        raise ReplyRejected("form")
    lines = [line for entry in entries if (line := _line(entry)) and line.source in known]
    if len({line.source for line in lines}) < len(lines):
        raise ReplyRejected("form")
    if lines:
        return Reply(lines=tuple(lines))
    picked = dict.fromkeys(number for entry in pick if (number := _token(entry)) and number in known)
    if not picked:
        raise ReplyRejected("no_source")
    return Reply(pick=tuple(picked))


def check_line(line: str, ground: str, english: bool, rules: Rules) -> None:
    """Let a line pass that says nothing but what ``ground``, its evidence with year and status, says.

    :raises ReplyRejected: naming the first check that fails.
    """
    if not _PLAIN.fullmatch(line):
        raise ReplyRejected("characters")
    text, have = normalise(line), normalise(ground)
    for name, pattern in rules.banned.items():
        if pattern.search(text):
            raise ReplyRejected(name)
    _check_form(line, ground, english, rules)
    if leaks(text, normalise(rules.system)):
        raise ReplyRejected("leak")
    failed = violations(in_chinese_terms(text, rules), [ground])
    if failed:
        raise ReplyRejected(failed[0].kind)
    if any(number not in have for number in rules.numerals.findall(rules.idle.sub("", text))):
        raise ReplyRejected("number")
    if rules.number_words.search(text):
        raise ReplyRejected("number")
    _check_claim(text, have, english, rules)


def in_chinese_terms(text: str, rules: Rules) -> str:
    """English names of units and places as the verifier knows them: «43 yuan» → «43元».

    A unit follows its number directly; a place stays where it is.
    """
    for pattern, chinese in rules.terms:
        text = pattern.sub(chinese, text)
    return re.sub(r"(\d)\s+(?=[一-鿿%])", r"\1", text)


def leaks(text: str, secret: str) -> bool:
    """Whether ``text`` repeats a run of the instructions."""
    return any(text[i : i + LEAK] in secret for i in range(len(text) - LEAK + 1))


def _check_form(line: str, ground: str, english: bool, rules: Rules) -> None:
    chinese = len(_CHINESE.findall(line))
    if not line.strip() or (chinese > len(line) / 3 if english else chinese < len(line) / 3):
        raise ReplyRejected("language")
    growth = rules.growth * (2 if english else 1)
    if len(line) > growth * len(ground) + rules.slack:
        raise ReplyRejected("too_long")


def _check_claim(text: str, have: str, english: bool, rules: Rules) -> None:
    """Words that turn a plan into a fact, a few into all, or a report into a promise."""
    for name, group in rules.careful.items():
        says, holds = group.words.search(text), group.words.search(have)
        # English must mark with «has» or «will» what Chinese may leave unmarked: no sign of a deed, but of a plan.
        kept = group.kept or (english and name == "planned")
        added = not (english and name == "done")
        if (says and not holds and added) or (holds and not says and kept):
            raise ReplyRejected(name)


def _line(entry: Any) -> Line | None:
    """:raises ReplyRejected: for an entry of another form, or one that cites several pieces of evidence."""
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise ReplyRejected("form")
    source, text = _token(entry.get("source")), entry["text"]
    inline = {_token(found.strip()) for found in _INLINE.findall(text)}
    if inline - {source}:
        raise ReplyRejected("several_sources")
    return None if source is None else Line(source, _INLINE.sub("", text).strip())


def _token(value: object) -> int | None:
    """The number in «[2]», «2» or 2; None for anything else."""
    match = _TOKEN.fullmatch(str(value)) if isinstance(value, (str, int)) else None
    return int(match.group(1)) if match else None
