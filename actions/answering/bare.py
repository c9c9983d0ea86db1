"""Short questions for how many of a thing there are, or whether there is one: the sentence must say it of that very thing.

«海曙有几个社区» is not told by «建成品质社区10个», «有没有五星级酒店» not by a 五星级 of something else.
"""

from __future__ import annotations

import re

import rjieba

from actions.answering.rules import guards
from actions.answering.state import Reading
from actions.answering.thresholds import Outcome, Thresholds
from embeddings.query import Concept, Evidence
from knowledge.places import SPOTS, TOWNS

_HERE = r"(?:请问|那)?(?:我们|咱们?|阿拉)?(?:海曙区?|全区|区里|这里)?(?:现在|目前|一共|总共|里|内)*"
_MEASURE = "[个家所条座户张台部间名位种]"
_TOTAL = re.compile(
    rf"^{_HERE}有?(?:现在|目前|一共|总共)*(?:多少|几){_MEASURE}?(?P<thing>[一-鿿]{{2,12}}?)(?:呢|呀|啊)?[?？]?$"
)
_HAVE = re.compile(  # 低保户有多少, 企业有几家
    rf"^{_HERE}的?(?P<thing>[一-鿿]{{2,10}}?)(?:现在|目前|一共|总共)*有(?:多少|几){_MEASURE}?[呢呀啊]?[?？]?$"
)
_EXISTS = re.compile(
    rf"^{_HERE}(?P<place>(?:{'|'.join((*TOWNS, *SPOTS))})(?:镇|乡|街道|老街|公园)?(?:附近|那边|这边|里)?)?(?:有没有|有无|有(?=.*[吗伐嘛么][?？]?$)|(?P<which>有哪些))(?P<thing>[一-鿿]{{2,10}}?)[吗伐嘛么呢]?[?？]?$"
)
_SIZE = re.compile(rf"^{_HERE}的?(?:总|行政|区域)?面积(?:有|是)?(?:多大|多少)")
_OF_ALL = re.compile(r"(?:区域|行政区?|全区|总)面积")  # not that of a part, nor a share of it
_ANOTHER = re.compile(rf"(?:有)?(?:多少|几){_MEASURE}")
_NUMBER = r"(?:\d[\d.]*|[一二两三四五六七八九十百]+)[余多万]*(?:[个家所条座大张部间]|(?=[一-鿿]))"
_THEN = r"[）)]?(?:已|共|总数|数|达到?|有|约|为|建成)*\s*\d"  # 机构273个, 站点）70余个
BETWEEN = 6  # characters between a number and a thing that goes by several names
_PARTS = re.compile(
    rf"(?:[、和与]{_NUMBER}[一-鿿]{{1,4}})*的"
)  # 9个街道和5个乡镇的183个小区 counts the last only
THE_SAME = 0.95  # likeness from which a sentence was asked for in just these words
_ELSEWHERE = 8  # characters before a thing in which another city says where it is


def total(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """How many of a thing there are in all: a sentence that counts it, not a sort of it and not what it has."""
    if (
        usable and usable[0].rejected
    ):  # another district's: told as that, it corrects whoever takes it for ours
        return usable, ""
    if _SIZE.match(reading.asked) and not reading.followup:
        whole = [e for e in usable[:6] if _OF_ALL.search(e.statement.sentence_text)]
        return whole or usable, "" if whole else "全区的面积"
    asked = _how_many(reading)
    things = _ANOTHER.split(asked["thing"]) if asked else []
    if reading.followup or not things or not all(map(_is_thing, things)):
        return usable, ""
    told = [e for e in usable[:6] if e.similarity >= THE_SAME or all(_counts(e, x, reading) for x in things)]
    return told or usable, "" if told else f"{'、'.join(things)}的总数"


def exists(reading: Reading, usable: list[Evidence], t: Thresholds) -> Outcome:
    """Whether there is such a thing here, or at a place: a sentence that names all of it, and not as another city's."""
    asked = _EXISTS.match(reading.asked)
    if reading.followup or asked is None or not _is_thing(asked["thing"]):
        return usable, ""
    named, where = _inside(asked["thing"], reading), _inside(asked["place"] or "", reading)
    ours = [e for e in usable[:6] if not _of_others(e, named) and _names(e, where)]
    alike = [e for e in ours if e.similarity >= t.likeness and _names(e, named[-1:])]
    told = [e for e in ours if _names(e, named)] or alike
    return told or usable, "" if told or asked["which"] else f"「{asked['thing']}」"


def per_thing(reading: Reading, name: str) -> bool:
    """Whether a row tells something for every so many of the things whose number is asked for: 每百名老人…床位数."""
    asked = _how_many(reading)
    words = [word for c in _inside(asked["thing"], reading) for word in c.words] if asked else []
    return any(re.search(rf"每[百千万名个位]*{re.escape(word)}", name) for word in words)


def _how_many(reading: Reading) -> re.Match[str] | None:
    return _TOTAL.match(reading.asked) or _HAVE.match(reading.asked)


def _is_thing(name: str) -> bool:
    """Whether the words end in a noun: 三甲医院, not 改造完成."""
    return len(name) > 0 and rjieba.tag(name)[-1][1].startswith(("n", "zg", "q"))


def _inside(thing: str, reading: Reading) -> list[Concept]:
    return [c for c in reading.concepts if c.surface in thing]


def _names(evidence: Evidence, named: list[Concept]) -> bool:
    return all(any(word in evidence.statement.sentence_text for word in c.words) for c in named)


def _counts(evidence: Evidence, thing: str, reading: Reading) -> bool:
    text = evidence.statement.sentence_text.replace(" ", "")
    inside = _inside(thing, reading)
    whole = bool(inside) and thing.endswith(inside[-1].surface)  # 地铁站 is more than the 地铁 in it
    known = whole and inside[-1].known
    words = inside[-1].words if known else (inside[-1].surface if whole else thing,)
    named = "|".join(re.escape(w) for c in inside[:-1] for w in c.words)  # 品质 of 品质社区 is asked for, too
    gap = rf"[^，。；、]{{0,{BETWEEN}}}" if known else rf"(?:(?:{named})的?)*" if named else ""
    for word in words:
        before = re.search(rf"{_NUMBER}{gap}{re.escape(word)}(?P<rest>.*)", text)
        if before and not _PARTS.match(before["rest"]):
            return True
        after = re.search(rf"(?P<front>.*?){gap}{re.escape(word)}{_THEN}", text)
        if after and (known or not _qualified(after["front"])):
            return True
    return False


def _qualified(front: str) -> bool:
    """Whether what stands before a thing makes it a sort of it: 品质|社区, 先进镇（|街道."""
    clause = re.split("[，。；：]", front)[-1]
    return bool(clause) and rjieba.tag(clause)[-1][1].startswith(("n", "a", "b", "x", "j"))


def _of_others(evidence: Evidence, named: list[Concept]) -> bool:
    """Whether the sentence has the thing as another city's: 上海、杭州等地知名三甲医院."""
    text, others = evidence.statement.sentence_text, guards()["other_places"]
    places = [text.find(word) for c in named[:1] for word in c.words]
    before = [text[max(0, at - _ELSEWHERE) : at] for at in places if at >= 0]
    return bool(before) and all(any(place in b for place in others) for b in before)
