"""The figures of a Chinese claim in English, for those who cannot read the rest: 73万人次 → 730,000 person-times."""

from __future__ import annotations

import re

from actions.answering.guard import is_english
from actions.answering.state import Draft, State
from knowledge.normalise import normalise

_UNITS = {
    "美元": "US dollars",
    "元": "yuan",
    "人次": "person-times",
    "人": "people",
    "名": "people",
    "户": "households",
    "家庭": "households",
    "公里": "km",
    "平方公里": "square km",
    "平方米": "square metres",
    "亩": "mu",
    "吨": "tonnes",
    "斤": "jin",
    "微克": "micrograms",
    "天": "days",
    "岁": "years old",
    "分钟": "minutes",
    "小时": "hours",
}
_COUNTED = "个|家|所|条|座|件|张|部|幢|项|支|处|批|套|次|种|类|大|栋|台|辆|班|对|宗|位|届|期"
_FIGURE = re.compile(
    rf"(?P<less>[<>]|超过?|近|不低于|不少于|累计|约)?\s*(?P<number>\d+(?:\.\d+)?)(?P<scale>[万亿]{{0,2}})"
    rf"(?P<more>[余多])?(?P<unit>%|{'|'.join(sorted(_UNITS, key=len, reverse=True))}|{_COUNTED})?(?P<least>以上|以下|左右)?"
)
_BEFORE = {"<": "under ", ">": "over ", "超": "over ", "超过": "over ", "近": "nearly ", "约": "about ", "不低于": "at least ", "不少于": "at least "}  # fmt: skip
_AFTER = {"以上": "over ", "以下": "under ", "左右": "about "}
_STATUS = {"实际": "actual", "预计": "estimate", "年度目标": "target for the year", "五年目标": "five-year target", "规划": "planned"}  # fmt: skip
_LARGE = ((1e9, "billion"), (1e6, "million"))
_STEP = re.compile(r"(?P<year>\d{4})年(?P<status>实际|目标)(?:（五年累计）)? (?P<amount>[^；]+)")
MAX_FIGURES = 6


def figures(claim: str) -> str:
    """The amounts of a claim in its order, "" if there are none; years and bare numbers are left out.

    >>> figures("年助餐服务达73万人次，助餐覆盖95%以上的城乡村")
    '730,000 person-times; over 95%'
    >>> figures("2025年目标 2000亿元")
    '200 billion yuan'
    """
    found = (_figure(match) for match in _FIGURE.finditer(normalise(claim)))
    return "; ".join(list(dict.fromkeys(text for text in found if text))[:MAX_FIGURES])


def english_figures(state: State) -> None:
    """A finishing step: an English question's answer gets its figures in English."""
    if state.draft is not None and is_english(state.text):
        state.draft.gloss = gloss(state.draft)


def gloss(draft: Draft) -> list[str]:
    """One English line for each claim that holds figures; they go through the verifier like the claims."""
    if not draft.status.startswith("answered"):
        return []
    lines = []
    for i, claim in enumerate(draft.claims):
        if claim[:1].isascii() and claim[:1].isalpha():
            continue  # reworded in English already
        if draft.status == "answered_table":
            lines += _ladder(claim)
        elif (amounts := figures(claim)) and i < len(draft.evidence):
            statement = draft.evidence[i].statement
            lines.append(f"In figures {stance_en(statement.years, statement.status)}: {amounts}")
    return lines


def _ladder(claim: str) -> list[str]:
    """The steps of a table's line: 2020年实际 1201亿元 → 2020 actual: 120.1 billion yuan."""
    steps = [(step, figures(step["amount"]) or step["amount"]) for step in _STEP.finditer(claim)]
    texts = [
        f"{s['year']} {'actual' if s['status'] == '实际' else 'target'}: {amount}" for s, amount in steps
    ]
    return ["In figures: " + "; ".join(texts)] if texts else []


def stance_en(years: tuple[int, ...], status: str) -> str:
    """(2020, actual)"""
    return f"({', '.join(map(str, years[:2]))}, {_STATUS.get(status, status)})"


def _figure(match: re.Match[str]) -> str:
    unit, scale = match["unit"] or "", match["scale"]
    if not unit and not scale:
        return ""
    before = _BEFORE.get(match["less"] or "", "") or _AFTER.get(match["least"] or "", "")
    before = before or ("more than " if match["more"] else "")
    name = "%" if unit == "%" else f" {_UNITS[unit]}" if unit in _UNITS else ""
    return f"{before}{_amount(match['number'], scale)}{name}"


def _amount(number: str, scale: str) -> str:
    value = float(number)
    for sign in scale:
        value *= 1e4 if sign == "万" else 1e8
    for size, word in _LARGE:
        if scale and value >= size:
            return f"{_plain(value / size)} {word}"
    return f"{value:,.0f}" if scale and value == int(value) else number


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
