"""What a message mentions: years and districts."""

from __future__ import annotations

import re
from functools import cache

from actions.answering.rules import guards

LAST_REPORTED = 2022  # the last year the documents report on as done
NOW = re.compile(r"现在|目前|如今|眼下")
_YEAR4 = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_YEAR2 = re.compile(r"(?<![\d.])(1[5-9]|2\d|3[05])年(?![级代来前后内间]|以|多了)")
_YEAR_SPOKEN = re.compile(r"(?<![一二三四五六七八九十])([一二][〇零一二三四五六七八九])年")  # 二五年
_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_YEARS_SHORT = re.compile(r"(?<![\d.])(1[5-9]|2\d|30)(?=[和跟与、到至]\d{2}年)")
_LATER = re.compile(r"五年[以之]?后|过五年")
_FIVE_YEARS = {"十三五": 2020, "十四五": 2025, "疫情那年": 2020, "疫情那一年": 2020}

DISTRICTS = re.compile("海曙区?|镇海区?|haishu|zhenhai")
DISTRICT_WORDS = ("海曙区", "海曙", "haishu", "镇海区", "镇海", "zhenhai", "宁波市", "宁波", "ningbo")


def find_years(text: str) -> tuple[int, ...]:
    """Years named in ``text``: 2020, 20年, 十三五 (its last year), 2020年…五年后 (both)."""
    text = _YEAR_SPOKEN.sub(lambda m: m.group(1).translate(_NUMERALS) + "年", text)
    years = {int(y) for y in _YEAR4.findall(text)}
    years |= {2000 + int(y) for y in _YEAR2.findall(text)} | {
        2000 + int(y) for y in _YEARS_SHORT.findall(text)
    }
    years |= {year for word, year in _FIVE_YEARS.items() if word in text}
    if len(years) == 1 and _LATER.search(text):
        years |= {year + 5 for year in years}
    return tuple(sorted(years))


def names_haishu(text: str) -> bool:
    """Whether the question itself says that it is about Haishu."""
    return (
        re.search(r"海曙|haishu|(?:我们?|咱们?|阿拉)(?:自己|自家)?(?:这个)?区|自己区|本区", text) is not None
    )


def districts_of(text: str) -> tuple[str, ...]:
    """The districts a question is about; Haishu where none is named."""
    zhenhai = "镇海" in text or "zhenhai" in text
    haishu = names_haishu(text)
    if zhenhai and (haishu or re.search(r"(和|跟|与|比)(我们|咱|这边)|哪个区|两个?区", text)):
        return ("海曙", "镇海")
    return ("镇海",) if zhenhai else ("海曙",)


def other_place(text: str) -> str:
    """A place outside the sources' districts that the question asks about, "" if none."""
    if districts_of(text) != ("海曙",) or "海曙" in text or "haishu" in text:
        return ""
    return next((place for place, form in _other_places() if form.search(text)), "")


@cache
def _other_places() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((p, re.compile(rf"(?<![a-z]){re.escape(p)}(?![a-z])")) for p in guards()["other_places"])
