"""What is counted, in which measure, and whether a sentence tells it."""

from __future__ import annotations

import re

from actions.answering.listed import asks_names
from actions.answering.state import Reading
from actions.answering.thresholds import Outcome, Thresholds, near_best
from embeddings.query import Concept, Evidence

COUNT = re.compile(
    r"(?<![A-Za-z\d.])\d+(?:\.\d+)?(?!\.?\d|\s*[年月日号届]|[A-Za-z])|[一二两三四五六七八九十百]+[个家所条座大项张部幢栋届环横纵种类]|全覆盖|唯一"
)
_UNIT_ASKED = re.compile(
    r"(?:多少|几)[万亿]?(吨|个班|层|分钟|分(?!钟|之|成|别)|立方|公斤|站地|个?工作日|个小时|公顷|起|辆|艘|趟|次(?!产业)|公里|亩|斤|班(?!子|级|次)|克|度电)"
)
_SAME_SORT = {"亩": "亩|平方|公顷", "斤": "斤|公斤|吨", "公里": "公里|千米|米"}
_COUNT_ASKED = re.compile(r"(?:几|多少)([件类项个条家处种样桩])")
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
        re.compile(
            r"多少钱|花了?多少|投了?多少|造价|总投资|耗资|几个亿|几百万|多少现钱|how much (money|did)"
        ),
        re.compile(r"\d\s*[万亿]?元|美元"),
        "金额",
    ),
    (
        re.compile(r"全长|总长(?!度的)|从头到尾|[里米]长(?!宽)"),
        re.compile(r"(?<![短\d])\d+(\.\d+)?\s*(公里|千米|米)"),
        "长度",
    ),
    (
        re.compile(r"几级|哪一?级|[什哪啥]么?个?(?:等级|级别)"),
        re.compile(
            r"[一二三四五]级|[甲乙]等|\dA|等级|[省市区]级|国家级|(?:获评|荣获|获|入选|列入)(?:全国|国家|全?省|全?市)"
        ),
        "等级",
    ),
    (re.compile(r"涨|增长|增幅|增速"), re.compile(r"增长|增幅|增速|提高|上升|增加|下降|倍增|翻番"), _GROWTH),
    (
        re.compile(r"多少人(?!次)|几个人|多少名|多少户|几户"),
        re.compile(r"\d\s*[万余多]*[人名户]|岗位\D{0,3}\d|\d+余?多?个.{0,4}岗位"),
        "人数",
    ),
    (
        re.compile(r"多大面积|多少面积|面积.{0,6}多少|多少亩|多少平"),
        re.compile(r"(平方|亩)|\d%"),
        "面积",
    ),
    (re.compile(r"多少|几[个家所条座户张台部岁]|(?<!哪)几[件类样桩]|how many|how much"), COUNT, "具体数字"),
)
_OTHER_MEASURE = re.compile(
    r"\d+(?:\.\d+)?\s*(?:[万亿余多]*元|%|[万亿]*(?:平方|公里|亩|吨))"
)  # counts no things
BESIDE = 16  # characters between a number and what it counts
FAR_LESS = 0.3  # how much less than the best may be named by what tells the cost or the length of one thing
_OF_ONE_THING = ("金额", "长度")
_HOW_MUCH = re.compile(r"(?:涨|增长|提高)了?(?:多少|几)")
_FIGURE = re.compile(r"\d\s*(%|[万亿个倍])")


def unit(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """多少吨 is not answered in 个."""
    asked = _UNIT_ASKED.search(reading.asked)
    if asked is None:
        return usable, ""
    told = _SAME_SORT.get(asked[1], asked[1])
    counted = re.compile(rf"[\d一二三四五六七八九十][万亿余多]*\s*(?:{told})")
    proved = [e for e in near_best(usable[:4], FAR_LESS) if counted.search(e.statement.sentence_text)]
    return proved or usable, "" if proved else f"以{asked[1]}计的数字"


def thing(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """What is counted must be what the sentence counts."""
    counted = None if asks_names(reading.asked) else counted_thing(reading)
    if counted is None:
        return usable, ""
    told = [e for e in usable[:4] if not _lacks(counted, e, t) and _counts(counted, e, t)]
    return told or usable, "" if told else f"{counted.surface}的数字"


def measure(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """Money in 元, people in 人, shares in %: the first sort of measure that the question asks for."""
    for pattern, needed, name in _COUNTED:
        if pattern.search(reading.asked) and not asks_names(reading.asked):
            near = near_best(usable, FAR_LESS) if name in _OF_ONE_THING else usable[:6]
            proved = [e for e in near if needed.search(e.statement.sentence_text)]
            if name == _GROWTH and "numeric" in reading.asks:  # 倍增 alone tells no number
                figures = [e for e in proved if _FIGURE.search(e.statement.text)]
                proved = figures if _HOW_MUCH.search(reading.asked) else figures or proved
            return proved or usable, "" if proved else name
    return usable, ""


def needed(asked: str) -> re.Pattern[str] | None:
    """What a sentence must hold that tells the sort of measure (money, people, area, share) asked for."""
    return next((proof for pattern, proof, _ in _COUNTED[:-1] if pattern.search(asked)), None)


def counts(asked: str) -> re.Pattern[str] | None:
    """What a sentence must hold that tells how many, None where that is not asked."""
    return COUNT if _COUNTED[-1][0].search(asked) or _COUNT_ASKED.search(asked) else None


def counted_beside(evidence: list[Evidence], asked: str) -> list[Evidence]:
    """What counts in the asked measure (几件, 多少人) in the passage of the best, which names the thing: «该应用集成…10件»."""
    measure = _COUNT_ASKED.search(asked)
    word = "[件项类种个]" if measure and measure[1] in "样桩" else measure[1] if measure else ""
    form = re.compile(rf"\d+{word}") if measure else needed(asked)
    if form is None or not evidence:
        return []
    passage = evidence[0].statement.passage.id
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


def _counts(counted: Concept, evidence: Evidence, t: Thresholds) -> bool:
    """A number stands beside the thing, not only in the same sentence."""
    if evidence.similarity >= t.likeness:
        return True
    text = evidence.statement.sentence_text
    places = [m for word in counted.words for m in re.finditer(re.escape(word), text)]
    return not places or any(
        COUNT.search(_OTHER_MEASURE.sub("", text[max(0, m.start() - BESIDE) : m.end() + BESIDE]))
        for m in places
    )


def _lacks(counted: Concept, evidence: Evidence, t: Thresholds) -> bool:
    """The counted thing stands nowhere in the evidence, not even by its characters (税费: 减税降费)."""
    if counted not in evidence.missing or evidence.similarity >= t.likeness:
        return False
    return not all(char in evidence.statement.sentence_text for char in counted.surface)
