"""Judges a finished run by three things alone: what was wanted, what was heard, what the ledger holds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.faults.history import Call, Matter

NUMBER = re.compile(r"HS-\d{6}-\d{5}")
RECEIPT = re.compile(r"(HS-\d{6}-\d{5})，查询码 (\d{6})")
CLAIM = re.compile(r"登记好了|(?<!确认)登记成功|已登记|已受理|已经登记|\bFiled\b")
DENIAL = re.compile(r"(?<!有)没有登记|没能登记|has not been filed")


@dataclass(frozen=True)
class Entry:
    """A ticket as the ledger holds it. ``created`` in Unix seconds."""

    number: str
    code: str
    problem: str
    place: str
    phone: str
    created: float

    def holds(self, matter: Matter) -> bool:
        """Whether it says what was wanted, to the letter."""
        return (self.problem, self.place, self.phone) == (matter.problem, matter.place, matter.phone)


@dataclass(frozen=True)
class Finding:
    """Something that must not be. ``kind`` is one of :data:`KINDS`."""

    kind: str
    what: str


KINDS = (
    "lost",
    "duplicated",
    "false confirmation",
    "false denial",
    "wrong",
    "misheard",
    "stray",
    "unreadable",
)
READ_BACK = "登记，对吗"


def check(matters: Sequence[Matter], calls: Sequence[Call], ledger: Sequence[Entry]) -> list[Finding]:
    """Everything wrong with the run; empty when it held."""
    filing = [call for call in calls if call.aim == "file" and call.outcome != "unknown"]
    by_number = {entry.number: entry for entry in ledger}
    by_place: dict[str, list[Entry]] = defaultdict(list)
    for entry in ledger:
        by_place[entry.place].append(entry)
    wanted = {matter.number: matter for matter in matters}
    found = [f for call in filing for f in _spoken(call, wanted[call.matter], by_number)]
    found += [f for call in filing for f in _denied(call, by_place[wanted[call.matter].place])]
    found += [f for matter in matters for f in _filed(matter, filing, by_place[matter.place])]
    places = {matter.place for matter in matters}
    found += [Finding("stray", f"{e.number}: nobody wanted {e}") for e in ledger if e.place not in places]
    return found + list(_read(matters, calls, by_number))


def reads_back(text: str, matter: Matter) -> bool:
    """Whether a read-back says what was told, the phone masked."""
    phone = f"{matter.phone[:3]}****{matter.phone[-4:]}" if matter.phone else "不留"
    lines = (f"事情：{matter.problem}\n", f"地点：{matter.place}\n", f"电话：{phone}")
    return all(line in text for line in lines)


def counted(findings: Iterable[Finding]) -> str:
    """How many of each kind, none left out."""
    counts = Counter(finding.kind for finding in findings)
    return ", ".join(f"{kind} {counts[kind]}" for kind in KINDS)


def _spoken(call: Call, matter: Matter, by_number: dict[str, Entry]) -> Iterable[Finding]:
    numbers = NUMBER.findall(call.text)
    if READ_BACK in call.text and not reads_back(call.text, matter):
        yield Finding("misheard", f"{call.id}: wanted {matter}, read back «{call.text}»")
    if CLAIM.search(call.text) and not numbers:
        yield Finding("false confirmation", f"{call.id}: «{call.text}» names no ticket")
    for number in numbers:
        entry = by_number.get(number)
        if entry is None:
            yield Finding("false confirmation", f"{call.id}: {number} was spoken, the ledger has none")
        elif not entry.holds(matter):
            yield Finding("wrong", f"{call.id}: wanted {matter}, {number} holds {entry}")
    for number, code in RECEIPT.findall(call.text):
        if number in by_number and by_number[number].code != code:
            yield Finding("wrong", f"{call.id}: {number} has another code than {code}")


def _denied(call: Call, entries: list[Entry]) -> Iterable[Finding]:
    if DENIAL.search(call.text) and any(entry.created < call.ended for entry in entries):
        yield Finding("false denial", f"{call.id}: «{call.text}» though {entries[0].number} was filed")


def _filed(matter: Matter, filing: Sequence[Call], entries: list[Entry]) -> Iterable[Finding]:
    if not entries:
        yield Finding("lost", f"matter {matter.number}: nothing in the ledger")
    if len(entries) > 1:
        yield Finding("duplicated", f"matter {matter.number}: {[entry.number for entry in entries]}")
    told = {n for c in filing if c.matter == matter.number for n, _ in RECEIPT.findall(c.text)}
    if not told:
        yield Finding("lost", f"matter {matter.number}: nobody was told a number")


def _read(matters: Sequence[Matter], calls: Sequence[Call], by_number: dict[str, Entry]) -> Iterable[Finding]:
    heard = defaultdict(str)
    for call in calls:
        if call.aim == "read" and call.outcome == "ok":
            heard[call.matter] += call.text
    for matter in matters:
        number = next((n for n, e in by_number.items() if e.place == matter.place), "")
        if not (number and number in heard[matter.number] and matter.problem in heard[matter.number]):
            yield Finding("unreadable", f"matter {matter.number}: {number} gave «{heard[matter.number]}»")
