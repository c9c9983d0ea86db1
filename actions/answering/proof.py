"""What a sentence must hold to answer a question of its sort: near misses are told from answers here.

Each check gets the reading and the evidence, best first, and returns the evidence that passes and, if none
does, how a refusal names what is lacking.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from actions.answering.rules import asks
from actions.answering.state import Reading
from embeddings.retriever import Concept, Evidence
from knowledge.places import PLACE, TOWNS

_LISTING = re.compile(
    r"(?<!什么)(?<!啥)(?<!哪个)(?<!哪些)名单|都叫什么|都有谁|哪几[个家所条座项]|哪[三四五六七八九十0-9]+[个家所条座项件]|list of names"
)
# 是哪四知, “356”是哪三样: the name of a number of things, which a sentence may use without telling them
_NUMBERED_TERM = re.compile(
    r"哪([两三四五六七八九十][一-鿿])(?<![个家所条座项大件样种类块处])(?=$|[?？,，。呢啊呀])"
)
_MANY = re.compile(r"(?<!\d)([4-9]|[1-9]\d{1,3})(?=[个家所条座项件处])")
COUNT = re.compile(
    r"\d(?!\d*[年月日号届])|[一二两三四五六七八九十百]+[个家所条座大项张部幢栋届环横纵种类]|全覆盖|首[个家]|唯一"
)
_ESTATE = re.compile(r"^([一-鿿]{2,3}?)(新村|花园|公寓|家园|嘉园|小区)")
# a list of two short names, or of any two that ends in 等
_PAIR = re.compile(
    r"(?:^|[，。；：])(?:[一-鿿·]{2,6}、[一-鿿·]{2,6}|[^，。；：、]{2,30}、[^，。；：、]{2,30}等)"
)
_UNIT_ASKED = re.compile(r"(?:多少|几)[万亿]?(吨|个班|层|分钟|立方|公斤|站地|公顷|起|辆|艘|趟)")
_COUNT_ASKED = re.compile(r"(?:几|多少)([件类项个条家处种])")
_DATE = re.compile(r"\d年|\d月|年底|年初")
_WHEN = re.compile(r"哪年|哪一年|什么时候|啥时候|啥辰光|几时|何时|几月|when |what year|which year")
_TIME = re.compile(r"\d年|\d月|年底|年初|年内|去年|今年|明年|近日|日前|目前|五年内|同年|当年|此前|截至")
_DONE = re.compile(r"已|成功|建成|开业|开通")  # then the year of the report tells when
_MEASURES = re.compile(r"面积|比例|时间|投资|金额|数量|人次|家庭|地方|百分点|项目|名额|资金|规模")
_GROWTH = "增长情况"
# what is counted → what a sentence that counts it must hold → how a refusal names it
_COUNTED = (
    (
        re.compile(r"百分之|几成|比例|占比|覆盖率|占.{0,6}多少"),
        re.compile(r"%|全覆盖|全部|[一二三四五六七八九几]成"),
        "比例",
    ),
    (
        re.compile(r"多少钱|花了?多少|投了?多少|造价|总投资|耗资|几个亿|几百万|how much (money|did)"),
        re.compile(r"\d\s*[万亿]?元|美元"),
        "金额",
    ),
    (
        re.compile(r"全长|总长(?!度的)"),
        re.compile(r"(?<![短\d])\d+(\.\d+)?\s*(公里|千米|米)"),
        "长度",
    ),
    (
        re.compile(r"几级|[什哪啥]么?个?(?:等级|级别)"),
        re.compile(r"[一二三四五]级|[甲乙]等|\dA|等级"),
        "等级",
    ),
    (re.compile(r"涨|增长|增幅|增速"), re.compile(r"增长|增幅|增速|提高|上升|增加|下降|倍增|翻番"), _GROWTH),
    (re.compile(r"多少人(?!次)|几个人|多少名|多少户"), re.compile(r"\d\s*[万余多]*[人名户]"), "人数"),
    (
        re.compile(r"多大面积|多少面积|面积.{0,6}多少|多少亩|多少平"),
        re.compile(r"(平方|亩)|\d%"),
        "面积",
    ),
    (re.compile(r"多少|几[个家所条座户张台部岁]|how many|how much"), COUNT, "具体数字"),
)


NEARLY, CLOSE = 0.15, 1.0  # how much less than the best a dated sentence may name, or score
FAR_LESS = 0.3  # the same for the cost or the length of one thing
_OF_ONE_THING = ("金额", "长度")
_FIGURE = re.compile(r"\d\s*(%|[万亿个倍])")
LONG_NAME = 6  # characters from which an everyday word stands for an indicator (gdp: 地区生产总值)


@dataclass(frozen=True)
class Thresholds:
    """Calibrated on the development halves; see ``make calibrate``."""

    score: float = 6.6  # fused score from which evidence counts
    similarity: float = 0.84  # semantic corroboration: below it words in common are not evidence
    similarity_foreign: float = 0.74  # the same where the question is not Chinese
    known: float = 7.0  # score from which a near miss is worth telling
    clear: float = 0.7  # coverage from which words of another service's business don't count
    unnamed: float = 0.05  # coverage below which a question's words are as good as absent
    proof: float = 0.3  # coverage a proof of something needed must have
    likeness: float = 0.905  # similarity from which a thing may go by another name
    margin: float = 1.0  # by how much another district's evidence must be better to be shown


Outcome = tuple[list[Evidence], str]  # what passes; what is lacking, "" if nothing


def attribute(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """Phones, fees, procedures and the like (asks.yml) only count if the sentence itself holds one."""
    for kind in sorted(reading.asks & set(asks()["needs_evidence"])):
        rule = asks()["needs_evidence"][kind]
        named = [e for e in usable[:6] if e.coverage >= t.proof]
        proved = [e for e in named if rule["proof"].search(e.statement.sentence_text)]
        if not proved:
            return usable, rule["name"]
        usable = proved
    return usable, ""


def listing(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """Names asked for: a sentence that only counts them is no list."""
    if not _LISTING.search(reading.asked) and not _NUMBERED_TERM.search(reading.asked):
        return usable, ""
    term = _NUMBERED_TERM.search(reading.asked)
    holds = (lambda e: _beside(term.group(1), e)) if term else enumerates
    listed = [e for e in usable[:4] if holds(e) and e.score >= usable[0].score - 2.0]
    if many := _MANY.search(reading.asked):  # «新评上的14个…名单»: the names of those, not of others
        listed = [e for e in listed if many[1] in e.statement.passage.text]
    return listed or usable, "" if listed else "具体名单"


def town(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """The district's total is no figure for one of its towns."""
    if "numeric" not in reading.asks:
        return usable, ""
    asked = next((c for c in reading.strong if c.surface in TOWNS), None)
    lacking = asked is not None and all(asked in e.missing for e in usable[:3])
    return usable, f"{asked.surface}单独的数字" if asked and lacking else ""


def place(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """What is told of all housing estates or streets is no news of one that no sentence names."""
    for concept in reading.concepts:
        named = _ESTATE.search(reading.asked[concept.position :]) if not concept.known else None
        if named and named.group(1) == concept.surface.removesuffix(named.group(2)):
            lacking = all(concept.surface not in e.statement.passage.text for e in usable[:6])
            return usable, named.group() if lacking else ""
    return usable, ""


def unit(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """多少吨 is not answered in 个."""
    asked = _UNIT_ASKED.search(reading.asked)
    counted = asked and re.compile(rf"[\d一二三四五六七八九十][万亿余多]*\s*{asked.group(1)}")
    if asked and counted and not any(counted.search(e.statement.sentence_text) for e in usable[:4]):
        return usable, f"以{asked.group(1)}计的数字"
    return usable, ""


def thing(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """What is counted must be what the sentence counts."""
    counted = None if _LISTING.search(reading.asked) else counted_thing(reading)
    if counted and all(_lacks(counted, e, t) for e in usable[:3]):
        return usable, f"{counted.surface}的数字"
    return usable, ""


def measure(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """Money in 元, people in 人, shares in %: the first sort of measure that the question asks for."""
    for pattern, needed, name in _COUNTED:
        if pattern.search(reading.asked) and not _LISTING.search(reading.asked):
            near = _near(usable, FAR_LESS) if name in _OF_ONE_THING else usable[:6]
            proved = [e for e in near if needed.search(e.statement.sentence_text)]
            if name == _GROWTH and "numeric" in reading.asks:  # 倍增 alone tells no number
                proved = [e for e in proved if _FIGURE.search(e.statement.text)] or proved
            return proved or usable, "" if proved else name
    return usable, ""


def needed(asked: str) -> re.Pattern[str] | None:
    """What a sentence must hold that tells the sort of measure (money, people, area, share) asked for."""
    return next((proof for pattern, proof, _ in _COUNTED[:-1] if pattern.search(asked)), None)


def indicator(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """A figure of something with a long name of its own is no figure of anything else."""
    if "numeric" not in reading.asks or len(reading.parts) > 1:
        return usable, ""
    named = [c for c in reading.strong if c.known and len(c.surface) >= 5 and c.surface in c.words]
    if len(reading.strong) == 1 and min(map(len, reading.strong[0].words)) >= LONG_NAME:
        named = list(reading.strong)  # nothing else is asked for
    lacking = next((c for c in named if usable and all(c in e.missing for e in usable[:4])), None)
    return usable, f"{lacking.surface}的数字" if lacking else ""


def date(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """When something happened or will: a sentence that tells no time at all is no answer."""
    if "when" not in reading.asks or not _WHEN.search(reading.asked):
        return usable, ""
    dated = [e for e in _near(usable, NEARLY) if _tells_when(e)]
    return dated or usable, "" if dated else "时间"


def _near(usable: list[Evidence], less: float) -> list[Evidence]:
    """What names nearly as much of the question as the best does, or scores nearly as high."""
    named = max((e.coverage for e in usable[:6]), default=0.0)
    return [e for e in usable[:6] if e.coverage >= named - less or e.score >= usable[0].score - CLOSE]


def _tells_when(evidence: Evidence) -> bool:
    text, done = evidence.statement.sentence_text, evidence.statement.status == "实际"
    return _TIME.search(text) is not None or (done and _DONE.search(text) is not None)


CHECKS: tuple[Callable[[Reading, list[Evidence], Thresholds], Outcome], ...] = (
    attribute,
    listing,
    town,
    place,
    unit,
    thing,
    measure,
    indicator,
    date,
)


def prefer_wanted(usable: list[Evidence], reading: Reading) -> list[Evidence]:
    """A place first where one is asked for, a date where a time is, if the evidence is nearly as good."""
    named = "|".join(re.escape(c.surface) for c in reading.strong)
    project = re.compile(rf"^(?:{named})项目：" if named else r"(?!)")  # a box lists the projects of a field
    for ask, wanted in (("where", PLACE), ("when", _DATE), ("list", project)):
        if ask not in reading.asks or not usable or wanted.search(usable[0].statement.text):
            continue
        near = [e for e in usable[:5] if wanted.search(e.statement.text) and e.score >= 0.6 * usable[0].score]
        usable = near[:1] + [e for e in usable if e not in near[:1]]
    return usable


def counted_beside(evidence: list[Evidence], asked: str) -> list[Evidence]:
    """What counts in the asked measure (几件) in the passage of the best, which names the thing: «该应用集成…10件»."""
    measure = _COUNT_ASKED.search(asked)
    if not measure or not evidence:
        return []
    form, passage = re.compile(rf"\d+{measure[1]}"), evidence[0].statement.passage.id
    return [e for e in evidence if e.statement.passage.id == passage and form.search(e.statement.text)]


def counted_thing(reading: Reading) -> Concept | None:
    """The thing a question counts: what stands right behind 多少 or 几 and its measure word."""
    for match in re.finditer(r"(多少|几)[个家所条座户张台部间名位种项]?", reading.asked):
        for concept in reading.concepts:
            here = reading.asked.startswith(concept.surface, match.end())
            told = not (concept.weak and concept.known)  # weak by its part of speech only
            if here and told and not _MEASURES.fullmatch(concept.surface):
                return concept
    return None


def _lacks(counted: Concept, evidence: Evidence, t: Thresholds) -> bool:
    """The counted thing stands nowhere in the evidence, not even by its characters (税费: 减税降费)."""
    if counted not in evidence.missing or evidence.similarity >= t.likeness:
        return False
    return not all(char in evidence.statement.sentence_text for char in counted.surface)


def enumerates(evidence: Evidence) -> bool:
    """Whether the sentence lists things rather than only counting them."""
    text = evidence.statement.text
    named = text.count("、") >= 2 or re.search("”[^“、]{0,3}、“", text) or _PAIR.search(text)
    return bool(named) or evidence.statement.passage.kind == "term"


def _beside(term: str, evidence: Evidence) -> bool:
    """Whether an enumeration stands right beside the term, or the passage explains it."""
    text = evidence.statement.passage.text
    at = text.find(term)
    before = re.split("[，。；]", text[:at])[-1]
    after = re.split("[，。；]", text[at + len(term) :])[0]
    return evidence.statement.passage.kind == "term" or (at >= 0 and "、" in before + after)
