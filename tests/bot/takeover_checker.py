"""Looks at what was recorded of one conversation and says what must not have happened. Knows nothing of how it came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """One utterance in the ledger."""

    number: int
    speaker: str
    text: str
    operator: str = ""
    turn: int = 0
    withheld: bool = False


@dataclass(frozen=True)
class Handed:
    """One change of hands: from the utterance after ``number`` on it is ``owner``'s."""

    number: int
    owner: str


@dataclass
class Recorded:
    """What the people outside saw.

    :param asked: what the resident sent; ``replied`` what came back at once, ``arrived`` what came by mailbox.
    :param spoken: (operator, words) that the desk accepted; ``refused`` those that it did not.
    """

    asked: list[str] = field(default_factory=list)
    replied: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    spoken: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def check(lines: Sequence[Line], hands: Sequence[Handed], seen: Recorded) -> list[str]:
    """Everything that is wrong; empty when all holds."""
    return [*_one_voice(lines, hands), *_nothing_lost(lines, seen), *_numbered(lines)]


def _owner(hands: Sequence[Handed], number: int) -> str:
    before = [one for one in hands if one.number < number]
    return before[-1].owner if before else ""


def _one_voice(lines: Sequence[Line], hands: Sequence[Handed]) -> list[str]:
    found = []
    for line in lines:
        owner = _owner(hands, line.number)
        if line.speaker == "bot" and not line.withheld and owner:
            found.append(f"{line.number}: the bot talked over {owner}")
        if line.speaker == "operator" and line.operator != owner:
            found.append(f"{line.number}: {line.operator} spoke while it was {owner or 'nobody'}'s")
        if line.speaker == "bot" and not line.withheld:
            between = [one for one in lines if line.turn < one.number < line.number]
            if any(one.speaker == "operator" for one in between):
                found.append(f"{line.number}: answered twice, by a person first")
    return found


def _nothing_lost(lines: Sequence[Line], seen: Recorded) -> list[str]:
    written = Counter(line.text for line in lines if line.speaker == "resident")
    found = [f"«{text}» stands {written[text]} times" for text in seen.asked if written[text] != 1]
    sent = sorted(line.text for line in lines if line.speaker == "bot" and not line.withheld)
    if sent != sorted(seen.replied):
        found.append(f"sent by the ledger {sent}, received {sorted(seen.replied)}")
    said = Counter((line.operator, line.text) for line in lines if line.speaker == "operator")
    came = Counter(seen.arrived)
    for one in seen.spoken:
        if (said[one], came[one[1]]) != (1, 1):
            found.append(f"{one} was accepted, stands {said[one]} times, arrived {came[one[1]]} times")
    found += [f"{one} was refused and was said" for one in seen.refused if said[one] or came[one[1]]]
    return found


def _numbered(lines: Sequence[Line]) -> list[str]:
    numbers = [line.number for line in lines]
    return [] if numbers == list(range(1, len(lines) + 1)) else [f"numbers with gaps: {numbers}"]
