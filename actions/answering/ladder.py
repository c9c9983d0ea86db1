"""Facts of one indicator → the line that is shown: 实际 → 年度目标 → 2025目标, only what was asked."""

from __future__ import annotations

import re

from actions.answering.state import Reading
from knowledge.facts import Fact

_GROWTH = re.compile(
    r"比上年|比去年|多几成|增长(?!到)|涨(?![到成])|增速|增幅|长几|百分点|快不快|grow|increase"
)
_AVERAGE = re.compile(r"^(?!.*当年).*(?:年均|平均|每年|一年|十三五|十四五|五年|per year|average)")
_BINDING = re.compile(r"硬指标|软指标|约束|预期性|硬性|强制|必须完成|binding")


def asks_growth(reading: Reading) -> bool:
    """Whether a change over time is asked for, not a level."""
    return _GROWTH.search(reading.text) is not None


def both_asked(reading: Reading) -> bool:
    """Whether the target and what came of it are asked for."""
    return len(reading.years) > 1 or "reached" in reading.asks


def fits(fact: Fact, reading: Reading) -> bool:
    """Whether a fact is of the asked year, status and sort (level, average growth, five-year total)."""
    if reading.years and fact.year not in reading.years:
        return False
    if reading.status and not both_asked(reading) and (fact.status == "实际") != (reading.status == "实际"):
        return False
    grows = asks_growth(reading)
    on_average = _AVERAGE.search(reading.text) is not None
    if "增长" in fact.indicator:
        return True
    if grows and reading.years and not on_average:  # growth in one year is in no table
        return False
    if fact.growth and not fact.total:
        return grows
    return not (grows and on_average and not reading.parts)


def ladder(facts: list[Fact], reading: Reading) -> list[str]:
    """One line an indicator: 实际 first, then targets by year; equal values of two tables only once."""
    lines, binding = [], _BINDING.search(reading.text) is not None
    for name in dict.fromkeys(f.indicator for f in facts):
        steps = dict.fromkeys(_step(f) for f in sorted(facts, key=_order) if f.indicator == name)
        kind = _kind(facts, name) if binding else ""
        lines.append(f"{name}：" + "；".join(steps) + (f"；属性 {kind}" if kind else ""))
    return lines[:2]


def _order(fact: Fact) -> tuple[bool, int, bool]:
    return (fact.status != "实际", fact.year, fact.growth)


def _step(fact: Fact) -> str:
    if fact.growth and fact.total:
        label = "“十四五”期间累计"
    elif fact.growth:
        period = "“十三五”" if fact.year == 2020 else "“十四五”"
        label = f"{period}年均增长" + ("（实际）" if fact.status == "实际" else "（目标）")
    else:
        label = f"{fact.year}年实际" if fact.status == "实际" else f"{fact.year}年目标"
        if fact.total:
            label += "（五年累计）"
    return f"{label} {fact.amount}"


def _kind(facts: list[Fact], indicator: str) -> str:
    """预期性 or 约束性, "" where the table does not say."""
    notes = [n for f in facts if f.indicator == indicator for n in f.notes]
    return next((n for n in notes if n.endswith("性")), "")
