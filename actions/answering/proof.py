"""What a sentence must hold to answer a question of its sort: near misses are told from answers here.

Each check gets the reading and the evidence, best first, and returns the evidence that passes and, if none
does, how a refusal names what is lacking.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from actions.answering.bare import exists, total
from actions.answering.listed import listing
from actions.answering.measures import measure, thing, unit
from actions.answering.rules import asks
from actions.answering.state import Reading
from actions.answering.thresholds import Outcome, Thresholds, near_best
from embeddings.query import Evidence
from knowledge.places import PLACE, TOWNS

_ESTATE = re.compile(r"^([一-鿿]{2,3}?)(新村|花园|公寓|家园|嘉园|小区)")
_EACH_HAS = re.compile(r"都有了?(?:吗|伐|没|不|嘛)|是不是(?:每|都有)|每[个家条].{0,8}都有?")
_ALL = re.compile("全覆盖|全部|所有|100%|均已|都已")
_DATE = re.compile(r"\d年|\d月|年底|年初")
_WHEN = re.compile(
    r"哪一?年(?!快|多|高|大|好|少|低|慢|更)|什么时候|啥时候|啥辰光|几时|何时|几月|when |what year|which year"
)
_TIME = re.compile(
    r"\d年|\d月|年底|年初|年内|去年|今年|明年|近日|日前|(?<!项)目前|五年内|同年|当年|此前|截至"
)
_DONE = re.compile(r"已|成功|建成|开业|开通")  # then the year of the report tells when
_ATTRIBUTE = re.compile(r"补贴|补助|津贴|奖励|贴息|贴钱|优惠|政策|标准|待遇|条件")
_HAS_DONE = re.compile(r"[造盖修建改拆装开]了(?:多少|几)")
NEARLY = 0.15  # how much less than the best a dated sentence may name
ALIKE = 0.94  # likeness from which a subsidy may be that of a thing by another name
LONG_NAME = 6  # characters from which an everyday word stands for an indicator (gdp: 地区生产总值)


def attribute(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """Phones, fees, procedures and the like (asks.yml) only count if the sentence itself holds one."""
    for kind in sorted(reading.asks & set(asks()["needs_evidence"])):
        rule = asks()["needs_evidence"][kind]
        named = [e for e in usable[:6] if e.coverage >= t.proof or e.similarity >= t.likeness]
        proved = [e for e in named if rule["proof"].search(e.statement.sentence_text)]
        if not proved:
            return usable, rule["name"]
        usable = proved
    return usable, ""


def town(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """The district's total is no figure for one of its towns."""
    if "numeric" not in reading.asks:
        return usable, ""
    asked = next((c for c in reading.strong if c.surface in TOWNS), None)
    if asked is None:
        return usable, ""
    # named somewhere around it is not enough: the total stands beside many names
    own = [e for e in usable[:4] if any(word in e.statement.sentence_text for word in asked.words)]
    return own or usable, "" if own else f"{asked.surface}单独的数字"


def place(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """What is told of all housing estates or streets is no news of one that no sentence names."""
    for concept in reading.concepts:
        named = _ESTATE.search(reading.asked[concept.position :]) if not concept.known else None
        if named and named.group(1) == concept.surface.removesuffix(named.group(2)):
            lacking = all(concept.surface not in e.statement.passage.text for e in usable[:6])
            return usable, named.group() if lacking else ""
    return usable, ""


def indicator(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """A figure of something with a long name of its own is no figure of anything else."""
    if "numeric" not in reading.asks or len(reading.parts) > 1:
        return usable, ""
    named = [c for c in reading.strong if c.known and len(c.surface) >= 5 and c.surface in c.words]
    if len(reading.strong) == 1 and min(map(len, reading.strong[0].words)) >= LONG_NAME:
        named = list(reading.strong)  # nothing else is asked for
    lacking = next((c for c in named if usable and all(c in e.missing for e in usable[:4])), None)
    return usable, f"{lacking.surface}的数字" if lacking else ""


def attribute_of(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """A subsidy for something else is no subsidy for what is asked about: 加装电梯有补贴吗."""
    attributes = [
        c
        for c in reading.concepts
        if _ATTRIBUTE.fullmatch(c.surface) and _asked_for(c.surface, reading.asked)
    ]
    things = [c for c in reading.strong if c not in attributes]
    if not attributes or not things or len(reading.parts) > 1:
        return usable, ""
    of = max(things, key=lambda c: (c.position < attributes[0].position, c.position))  # what stands before it
    beside = of.position + len(of.surface) == attributes[0].position
    alike = ALIKE if beside else t.likeness
    about = [e for e in usable[:4] if e.similarity >= alike or not ({of, attributes[0]} & set(e.missing))]
    if about:
        return about, ""
    near = sorted(usable, key=lambda e: of in e.missing)  # what is told of the thing itself
    return near, f"{of.surface}的{attributes[0].surface}"


def _asked_for(word: str, asked: str) -> bool:
    question = "吗|伐|么|多少|几|怎么|哪些|什么|有没有"
    return (
        re.search(rf"(?:有没有|有|什么|哪些|多少).{{0,4}}{word}|{word}.{{0,4}}(?:{question})", asked)
        is not None
    )


def date(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """When something happened or will: a sentence that tells no time, or another thing's, is no answer."""
    if "when" not in reading.asks or not _WHEN.search(reading.asked):
        return usable, ""
    dated = [e for e in near_best(usable, NEARLY) if _tells_when(e)]
    if not dated:
        return usable, "时间"
    own = [e for e in dated if e.similarity >= t.likeness or not set(reading.strong) & set(e.missing)]
    if own or reading.followup or reading.english or len(reading.parts) > 1:
        return own or dated, ""
    return dated, f"{next(c for c in reading.strong if c in dated[0].missing).surface}的时间"


def _tells_when(evidence: Evidence) -> bool:
    text, done = evidence.statement.sentence_text, evidence.statement.status == "实际"
    return _TIME.search(text) is not None or (done and _DONE.search(text) is not None)


CHECKS: tuple[Callable[[Reading, list[Evidence], Thresholds], Outcome], ...] = (
    attribute,
    listing,
    town,
    place,
    exists,
    unit,
    thing,
    total,
    measure,
    indicator,
    attribute_of,
    date,
)


def prefer_wanted(usable: list[Evidence], reading: Reading) -> list[Evidence]:
    """A place first where one is asked for, a date where a time is, if the evidence is nearly as good."""
    named = "|".join(re.escape(c.surface) for c in reading.strong)
    project = re.compile(rf"^(?:{named})项目：" if named else r"(?!)")  # a box lists the projects of a field
    for ask, wanted in (("where", PLACE), ("when", _DATE), ("list", project), ("all", _ALL)):
        asked = _EACH_HAS.search(reading.asked) if ask == "all" else ask in reading.asks
        if not asked or not usable or wanted.search(usable[0].statement.text):
            continue
        near = [e for e in usable[:6] if wanted.search(e.statement.text) and e.score >= 0.6 * usable[0].score]
        usable = near[:1] + [e for e in usable if e not in near[:1]]
    counted = reading.status == "实际" and not reading.years and _HAS_DONE.search(reading.asked)
    if counted and usable and not usable[0].statement.reached:
        done = [e for e in usable[:6] if e.statement.reached and _near_top(e, usable)]
        done = [e for e in done if e.coverage >= usable[0].coverage - NEARLY]  # «造了多少» before «计划新建»
        usable = done[:1] + [e for e in usable if e not in done[:1]]
    if (
        reading.horizon and not reading.years and reading.status == "目标"
    ):  # «这五年要…» is no matter of one year
        usable = sorted(
            usable, key=lambda e: not (_near_top(e, usable) and reading.horizon in e.statement.years)
        )
    return usable


def _near_top(evidence: Evidence, usable: list[Evidence]) -> bool:
    return evidence.score >= 0.6 * usable[0].score
