"""Passages → statements: the smallest piece that can answer by itself, with the year and status it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge.records import Passage, Source

Status = Literal["实际", "预计", "年度目标", "五年目标", "规划"]
REACHED: tuple[str, ...] = ("实际", "预计")  # what was done; the rest is planned
STANCES = Path(__file__).with_name("stances.yml")

SENTENCE = re.compile(r".*?(?:[。！？!?；;](?:[”’」』）)]*)|$)", re.S)
CLAUSE = re.compile(r"[^，,：:、]*(?:[，,：:]|$|、)")
SHORT, LONG = 16, 56  # a clause group wants at least / at most this many characters

_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?:年|(?=[-—~至]))")
_BY_YEAR = re.compile(r"到(20[0-4]\d)年|(20[0-4]\d)年.{0,3}(?:目标|将|底前)|将于(20[0-4]\d)年")
_PLANNED = re.compile(
    r"力争|计划|将(?:于|在|建|达|全|继|启|进|新)|争取|到20\d\d年|目标|拟|谋划|加快推进|新建续建"
)


@dataclass(frozen=True)
class Statement:
    """``passage.text[start:end]``, a clause group inside the sentence ``passage.text[sentence[0]:sentence[1]]``."""

    passage: Passage
    start: int
    end: int
    sentence: tuple[int, int]
    years: tuple[int, ...]
    status: Status

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]

    @property
    def sentence_text(self) -> str:
        return self.passage.text[slice(*self.sentence)]

    @property
    def reached(self) -> bool:
        """Whether it tells what was done, not what is planned."""
        return self.status in REACHED

    @property
    def key(self) -> str:
        return f"{self.passage.id}:{self.start}-{self.end}"


def statements(passages: Sequence[Passage]) -> tuple[Statement, ...]:
    """Cut every passage into statements; together they cover it."""
    return tuple(s for p in passages for s in _of_passage(p))


def _of_passage(passage: Passage) -> Iterator[Statement]:
    if passage.kind in ("table_row", "term"):
        whole = (0, len(passage.text))
        years = tuple(sorted({int(y) for y in _YEAR.findall(passage.text)}))
        yield Statement(passage, *whole, whole, years, "实际")
        return
    for match in SENTENCE.finditer(passage.text):
        if not match.group().strip():
            continue
        sentence = match.span()
        years, status = stance(match.group(), passage)
        for start, end in _groups(passage.text, *sentence):
            yield Statement(passage, start, end, sentence, years, status)


def _groups(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Clauses of a sentence joined to groups of SHORT…LONG characters; enumerations (、) break only when long."""
    if end - start <= LONG:
        yield start, end
        return
    first = position = start
    for clause in CLAUSE.finditer(text, start, end):
        if clause.end() == clause.start():
            continue
        if clause.group().endswith("、") and clause.end() - first < LONG:
            position = clause.end()
            continue
        if clause.end() - first > LONG and position > first and position - first >= SHORT:
            yield first, position
            first = position
        position = clause.end()
        if position - first >= SHORT and not clause.group().endswith("、") and position - first >= LONG // 2:
            yield first, position
            first = position
    if first < end:
        yield first, end


def stance(sentence: str, passage: Passage) -> tuple[tuple[int, ...], Status]:
    """Years and status a sentence speaks of: its own words first, then what its document and heading imply."""
    source = passage.source
    year, status = _default(sentence, passage)
    named = {int(y) for y in _YEAR.findall(sentence)}
    if "去年" in sentence:
        named.add(source.published.year - 1)
    if "今年" in sentence:
        named.add(source.published.year)
    due = {int(y) for groups in _BY_YEAR.findall(sentence) for y in groups if y}
    if due and max(due) > source.published.year:
        status = "五年目标" if max(due) in (2025, 2030) else "规划"
    years = due or named or {year}
    if status == "实际" and min(years) > source.published.year:
        status = "规划"  # no document reports what comes after its own date
    return tuple(sorted(years)), status


def _default(sentence: str, passage: Passage) -> tuple[int, Status]:
    heading = "/".join(passage.heading)
    for rule in _rules(passage.source.kind):
        places = (("heading", heading), ("text", sentence), ("passage", passage.text))
        if all(re.search(rule.get(key, ""), where) for key, where in places):
            year = rule["year"]
            return (year if year > 1900 else passage.source.published.year + year), rule["status"]
    status: Status = "规划" if _PLANNED.search(sentence) else "实际"
    return _told_of(passage.source), status


def _told_of(source: Source) -> int:
    """The year of a sentence that names none: for a notice the one it reports on, which may be the year before."""
    published = source.published.year
    if source.kind != "notice":
        return published
    first, last = source.period
    return max(first, min(published, last))


@cache
def _rules(kind: str) -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(STANCES.read_text(encoding="utf-8")).get(kind, ()))
