"""Statements → what they say in numbers, so that two documents can be laid side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.facts import Fact
from knowledge.normalise import normalise
from knowledge.statements import REACHED, Statement

_UNIT = (
    r"亿元|万元|元|人次|万人次|人|户|家|个|所|条|座|件|张|公里|平方米|万平方米|平方公里|亩|斤|吨|部|幢|名|项|场|例|"
    r"万户|万人|床|%|个百分点"
)
_BEFORE = re.compile(rf"([一-鿿“”《》]{{2,28}}?)(\d[\d,]*(?:\.\d+)?)([万亿]?)余?({_UNIT})")
_AFTER = re.compile(rf"(\d[\d,]*(?:\.\d+)?)([万亿]?)余?({_UNIT})([一-鿿]{{3,14}})")
_HEAD = re.compile(
    r"^(?:去年|今年|上年|当年|累计|目前|全年|全区|我区|本区|海曙区?|镇海区?|其中|已|共|共有|拥有|现有|建成|新建成|完成|实现|安装|开展|举办|建立|设立|"
    r"引进|培育|发放|服务|改造|达到|有|为|了|年末|年底|到|年|截至|月|底|和|与|及)+"
)
_TAIL = re.compile(
    r"(?:达到|达|为|共有|共|有|突破|超过|超|约|完成|实现|增长|增加|下降|提高|到|至|新增|已|是|由|从|累计|建成|的|数量|数|总数)+$"
)
_NEW = re.compile(r"新[增建设成]|增加|增长|下降|提高")


@dataclass(frozen=True)
class Claim:
    """``indicator``, for one year, status and district, is ``value`` ``unit``. ``change``: what was added, not what there is."""

    indicator: str
    value: str
    unit: str
    year: int
    reached: bool
    district: str
    change: bool
    source: str
    text: str

    @property
    def key(self) -> tuple[str, str, int, bool, str, bool]:
        """Equal keys with different values contradict each other."""
        return self.indicator, self.unit, self.year, self.reached, self.district, self.change


@dataclass(frozen=True)
class Conflict:
    """A new claim and a known one that say different things of the same."""

    new: Claim
    known: Claim


def claims(statements: Iterable[Statement], facts: Iterable[Fact] = ()) -> tuple[Claim, ...]:
    """Every number that has something to be counted beside it."""
    found = [claim for statement in statements for claim in _of(statement)]
    return tuple(dict.fromkeys([*found, *(_of_fact(fact) for fact in facts if not fact.growth)]))


def conflicts(new: Iterable[Claim], known: Iterable[Claim]) -> tuple[Conflict, ...]:
    """Those of ``new`` that contradict ``known``: indicator, year, status and district the same, another value."""
    by_key: dict[object, list[Claim]] = {}
    for claim in known:
        by_key.setdefault(claim.key, []).append(claim)
    return tuple(
        Conflict(claim, other)
        for claim in new
        for other in by_key.get(claim.key, ())
        if other.value != claim.value and other.source != claim.source
    )


def _of(statement: Statement) -> Iterator[Claim]:
    passage = statement.passage
    if passage.kind in ("table_row", "term") or len(statement.years) != 1:
        return
    for clause in re.split(r"[，。；、：！？,;]", normalise(statement.text)):
        for indicator, value, unit, change in counted(clause):
            yield Claim(
                indicator, value, unit, statement.years[0], statement.reached,
                passage.source.district, change, passage.source.id, statement.text.strip(),
            )  # fmt: skip


def counted(clause: str) -> Iterator[tuple[str, str, str, bool]]:
    """What a normalised clause counts: indicator, value, unit, and whether that is what was added.

    >>> list(counted("累计建成老年助餐点187个"))
    [('老年助餐点', '187', '个', False)]
    """
    for match in _BEFORE.finditer(clause):
        words, value, scale, unit = match.groups()
        indicator = _TAIL.sub("", _HEAD.sub("", words))
        if len(indicator) >= 3:
            yield indicator, _plain(value), scale + unit, bool(_NEW.search(words))
            return
    for match in _AFTER.finditer(clause):
        value, scale, unit, words = match.groups()
        before = clause[: match.start()]
        yield _TAIL.sub("", words), _plain(value), scale + unit, bool(_NEW.search(before))
        return


def _plain(value: str) -> str:
    value = value.replace(",", "")
    return value.rstrip("0").rstrip(".") if "." in value else value


def _of_fact(fact: Fact) -> Claim:
    source = fact.row.passage.source
    return Claim(
        normalise(fact.indicator), _plain(fact.value), fact.unit, fact.year, fact.status in REACHED, source.district,
        fact.total, source.id, fact.row.passage.text,
    )  # fmt: skip
