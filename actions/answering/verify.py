"""The last gate before anything is sent: every number, unit, year, place and organisation of a claim must stand
in what it cites. It knows nothing of how the claim came about: composed, rewritten or typed by a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from knowledge.normalise import normalise

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SCALE = {"万": 10_000, "亿": 100_000_000}
_WORDS = {"million": 1_000_000, "billion": 1_000_000_000}
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)\s*(million|billion|[万亿]{0,2})(%|‰)?")
_UNIT = "美元|元|人次|人|家|户|个|所|条|座|件|张|公里|平方米|亩|斤|吨|部|幢|名|项|年"
_MEASURED = re.compile(rf"(\d+(?:\.\d+)?)\s*([万亿]{{0,2}})余?({_UNIT})")
_NAME = re.compile(
    r"[一-鿿]{2,10}?(?:街道|新城|医院|学校|中学|小学|幼儿园|公园|大桥|机场|车站|研究院|实验室|集团|公司|中心|委员会|园区|开发区|法院|图书馆|博物馆)"
)
_PLACE = re.compile(
    "海曙|镇海|北仑|鄞州|江北|奉化|余姚|慈溪|宁海|象山|杭州|上海|集士港|古林|高桥|横街|鄞江|洞桥|章水|龙观|石碶|段塘|望春|白云|南门|江厦|西门|月湖|鼓楼|四明山"
)


@dataclass(frozen=True)
class Violation:
    """Something in a claim that its sources don't hold."""

    kind: str  # number | unit | place | name
    value: str


def violations(claim: str, sources: list[str], allowed: tuple[str, ...] = ()) -> list[Violation]:
    """What in ``claim`` stands neither in ``sources`` (texts of the cited passages) nor in ``allowed``.

    >>> violations("建成273个", ["累计建成居家养老服务机构273个"])
    []
    >>> violations("建成274个", ["累计建成居家养老服务机构273个"])
    [Violation(kind='number', value='274')]
    """
    text, (ground, have, units) = normalise(claim), _ground((*sources, *allowed))
    found = [Violation("number", q) for q in quantities(text) if q not in have]
    found += [
        Violation("unit", f"{value}{unit}")
        for value, unit in measured(text)
        if (value, unit) not in units and value in have and value not in allowed
    ]
    found += [Violation("place", p) for p in dict.fromkeys(_PLACE.findall(text)) if p not in ground]
    found += [Violation("name", n) for n in dict.fromkeys(_NAME.findall(text)) if not _held(n, ground)]
    return found


@lru_cache(maxsize=2048)  # the same few passages are cited again and again
def _ground(sources: tuple[str, ...]) -> tuple[str, dict[str, None], dict[tuple[str, str], None]]:
    """The cited texts as they are compared, with their quantities and measured numbers."""
    ground = normalise(" ".join(sources))
    return ground, quantities(ground), measured(ground)


def measured(text: str) -> dict[tuple[str, str], None]:
    """Numbers of normalised text with the unit behind them: 43人 is no 43元."""
    return {(_value(number, scale), unit): None for number, scale, unit in _MEASURED.findall(text)}


def _value(number: str, scale: str) -> str:
    value = Decimal(number) * _WORDS.get(scale, 1)
    for sign in scale if scale not in _WORDS else "":
        value *= _SCALE[sign]
    return f"{value:.6f}".rstrip("0").rstrip(".")


def quantities(text: str) -> dict[str, None]:
    """Numbers of normalised text as plain values with their per-cent sign: 73万 → 730000, 1,200 → 1200."""
    values: dict[str, None] = {}
    for number, scale, percent in _QUANTITY.findall(text):
        values[_value(number, scale) + percent] = None
    return values


def _held(name: str, ground: str) -> bool:
    """The name stands in the ground, or its last four characters do (a run-on before it is not part of it)."""
    return any(name[i:] in ground for i in range(0, max(1, len(name) - 3)))
