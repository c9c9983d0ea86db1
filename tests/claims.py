"""An independent look at what was sent: which numbers of an answer stand in nothing it cites.

Written apart from the verifier on purpose: it sees only the text a resident reads and the citations below it.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from actions.answering.answer import Answer

_STANCE = re.compile(r"（(?P<years>\d{4}年(?:、\d{4}年)*)·(?:实际|预计|年度目标|五年目标|规划)）")
_SOURCE = re.compile(r"^(?:来源|Source)：", re.M)
_ITEM = re.compile(r"^\d+\. ", re.M)
_COUNT = re.compile(r"共(\d+)项：$", re.M)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ENGLISH = re.compile(r"^In figures(?: \((?P<years>[\d, ]+), [a-z -]+\))?: (?P<amounts>.*)$", re.M)
_ENGLISH_AMOUNT = re.compile(r"([\d,]+(?:\.\d+)?)( million| billion)?")
_POWER = {"": 0, " million": 6, " billion": 9, "万": 4, "亿": 8, "万亿": 12}
_WAY_OUT = frozenset(
    {"81890", "12345", "12320", "24", "119", "120", "110"}
)  # the hotlines in our own wording


def loose_numbers(answer: Answer) -> set[str]:
    """Numbers in the text that neither a cited passage, its heading or title, nor our own wording holds."""
    shown = "\n".join(line for line in answer.text.splitlines() if not _SOURCE.match(line))
    counted = len(_ITEM.findall(shown))
    shown = _COUNT.sub(lambda m: "" if int(m[1]) == counted else m[0], shown)
    shown = _ITEM.sub("", _STANCE.sub("", shown))
    english = {
        figure for match in _ENGLISH.finditer(shown) for figure in _ENGLISH_AMOUNT.findall(match["amounts"])
    }
    shown = _ENGLISH.sub("", shown)
    cited = " ".join(
        text for c in answer.citations for text in (c.passage_text, c.title, c.published[:4], *c.heading)
    )
    loose = numbers(shown) - numbers(cited) - (_WAY_OUT if answer.refused else set())
    return loose | ({_worth(number.replace(",", ""), power) for number, power in english} - _worths(cited))


def _worths(text: str) -> set[str]:
    """What every printed number may be worth: as it stands, and times the 万 or 亿 that a unit has (亿元)."""
    powers = ("", "万", "亿", "万亿")
    return {_worth(number, power) for number in numbers(text) for power in powers if power in text}


def _worth(number: str, power: str) -> str:
    return str((Decimal(number) * 10 ** _POWER[power]).normalize())


def stance_years(text: str) -> set[str]:
    """The years that the labels （2020年·实际） name."""
    return {year for m in _STANCE.finditer(text) for year in re.findall(r"\d{4}", m["years"])}


def numbers(text: str) -> set[str]:
    """Every number as printed, thousands commas aside."""
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", unicodedata.normalize("NFKC", text))
    return set(_NUMBER.findall(plain))
