"""The clauses of a message: which of them ask, and for which time."""

from __future__ import annotations

import re

from actions.answering.mentions import find_years
from actions.answering.rules import asks

TARGET = re.compile(
    r"原来想|当初|定了|定多少|原定|原计划|预计|目标|计划|规划|打算|准备|要达到|要到|要做到|力争|预期|指标|想(?=做|达|搞|建|要|弄|办|造|改|定|投|增|涨|引|拉|提|冲|升)|将|以后|未来(?!学校|农场|社区|城|乡村|工厂|科技|实验|数智|教育)|定的|要建|要新|要(?:搞|开)(?![一-鿿]?的[一-鿿])|会建|会不会|target|plan|goal|will|going to"
)
QUESTION_WORD = re.compile(r"多少|几|哪|什么|啥|怎么|咋|吗|呢|伐|多大|多久|谁|how|what|which|when|where|who")
_OR_NOT = re.compile(r"[了上过完好成到](?:没有?|不)[?？]?$")  # «评上没»
_BLANK = re.compile(r"(?<=[一-鿿]{4})[ \u3000]+(?=[一-鿿]{4})")
# What a question may hold without naming its thing: «…，2020年计划多少、实际多少»
_BARE = re.compile(
    r"20\d\d年?|\d{2}年|多少|[几到底一共总共分别各个是定要了的呢吗啊有]|计划|实际|目标|原定|现在|目前|规划|[、,，?？\s]"
)
_TO_BE = re.compile(r"^(以后|将来|今后|后面|再)?要[提升增达做涨降改]?[高大多长]?[到成]")


def both_times(parts: list[str]) -> bool:
    """«20年多少，要提到多少»: what was and what is to be."""
    said = len(parts) == 2 and all(re.search("多少|几", p) for p in parts) and bool(find_years(parts[0]))
    if not said or find_years(parts[1]):
        return False
    planned = [TARGET.search(p) is not None for p in parts]
    return _TO_BE.search(parts[1]) is not None or planned == [False, True]


def done_and_planned(parts: list[str]) -> bool:
    """«有几张，原本计划是几张»: how many there are and how many were planned."""
    counts = len(parts) == 2 and all(re.search("多少|几", p) for p in parts)
    return counts and len([p for p in parts if TARGET.search(p)]) == 1 and find_years("".join(parts)) == ()


def year_only_later(parts: list[str]) -> bool:
    """«现在多少，2025年要多少»: the year belongs to the second question only."""
    counts = bool(parts) and re.search("多少|几", parts[0]) is not None
    return counts and not find_years(parts[0]) and any(find_years(p) for p in parts[1:])


def parted(text: str) -> str:
    """The text as it was typed, with a comma for a blank that parts a question from what follows it.

    >>> parted("优良天数占几成 目标又是多少")
    '优良天数占几成，目标又是多少'
    """
    return _BLANK.sub(lambda m: "，" if QUESTION_WORD.search(text[: m.start()]) else m.group(), text)


def focus_of(text: str) -> str:
    """The clauses that ask; long messages tell a story around a short question."""
    clauses = [c for c in re.split(r"[,，。;；!！\n]+|(?<=[?？])", text) if c.strip()]
    if len(clauses) < 2:
        return text
    asking = [c for c in clauses if asks_something(c)]
    if not asking:
        return text
    # "…, 一共多少个": a question too short to name its thing takes the clause before it along
    first = clauses.index(asking[0])
    if len(_BARE.sub("", "".join(asking))) < 3 and first > 0:
        asking.insert(0, clauses[first - 1])
    return "，".join(asking)


def asking_clauses(text: str) -> list[str]:
    """The clauses of a message that each ask something, [] unless there are several."""
    clauses = [c for c in re.split(r"[,，。;；!！、\n]+|(?<=[?？])", text) if len(c.strip()) > 2]
    asking = [c for c in clauses if QUESTION_WORD.search(c) or _OR_NOT.search(c)]
    return asking if len(asking) > 1 else []


def asks_something(clause: str) -> bool:
    """Whether a clause holds a question word."""
    rules = asks()
    patterns = [v["ask"] for k, v in rules.items() if k not in ("needs_evidence", "personal")]
    patterns += [v["ask"] for v in rules["needs_evidence"].values()]
    return any(p.search(clause) for p in patterns)
