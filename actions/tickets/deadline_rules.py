"""Reads ``deadlines.yml`` and refuses it where it makes no sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, get_args

import yaml

from actions.tickets.errors import RulesUnusable
from actions.tickets.records import Kind

FILE = Path(__file__).with_name("deadlines.yml")
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class Allowance:
    """Time allowed: working days, or hours around the clock; one of them is zero."""

    days: int = 0
    hours: int = 0


@dataclass(frozen=True)
class Step:
    """A step of the ladder: a share of the time allowed before the date, or working days after it."""

    name: str
    share: float = 0.0
    days: int = 0


@dataclass(frozen=True)
class Rules:
    """``deadlines.yml`` as the engine reads it."""

    opening: tuple[tuple[time, time], ...]
    kinds: Mapping[str, Allowance]
    categories: Mapping[tuple[str, str], Allowance]
    first_response_days: int
    reopened_share: float
    extensions: int
    extension_days: int
    ladder: tuple[Step, ...]

    def allowance(self, category: str, kind: str) -> Allowance:
        """The time allowed; a category without a rule of its own takes the kind's.

        :raises KeyError: for a kind that isn't one of 咨询, 求助, 投诉, 建议.
        """
        return self.categories.get((category, kind)) or self.kinds[kind]


def read_rules(path: Path = FILE) -> Rules:
    """The rules in ``path``.

    :raises RulesUnusable: naming the entry, its value and what it should be.
    """
    data = yaml.safe_load(path.read_text("utf-8"))
    try:
        return _rules(data)
    except (KeyError, TypeError, ValueError) as error:
        raise RulesUnusable(f"{path.name} 用不了：{error}") from error


def _rules(data: dict[str, Any]) -> Rules:
    categories = {
        (category, kind): _allowance(value, f"categories.{category}.{kind}")
        for category, by_kind in data["categories"].items()
        for kind, value in by_kind.items()
    }
    _known({kind for _, kind in categories}, "categories")
    _known(data["kinds"], "kinds", complete=True)
    share = float(data["reopened"]["share"])
    if not 0 < share <= 1:
        raise ValueError(f"reopened.share 是 {share}，应大于 0，不超过 1")
    return Rules(
        opening=_opening(data["opening"]),
        kinds={kind: _allowance(value, f"kinds.{kind}") for kind, value in data["kinds"].items()},
        categories=categories,
        first_response_days=int(data["first_response"]["days"]),
        reopened_share=share,
        extensions=int(data["extension"]["most_times"]),
        extension_days=int(data["extension"]["most_days"]),
        ladder=_ladder(data["ladder"]),
    )


def _known(kinds: Any, where: str, complete: bool = False) -> None:
    if set(kinds) - set(KINDS) or (complete and set(kinds) != set(KINDS)):
        raise ValueError(f"{where} 的类型是 {'、'.join(kinds)}，应在 {'、'.join(KINDS)} 之内")


def _allowance(value: dict[str, int], where: str) -> Allowance:
    allowance = Allowance(**value)
    numbers = (allowance.days, allowance.hours)
    if min(numbers) < 0 or sum(n > 0 for n in numbers) != 1 or not all(isinstance(n, int) for n in numbers):
        raise ValueError(f"{where} 是 {value}，应写 days 或 hours 其一，为正整数")
    return allowance


def _opening(value: list[list[str]]) -> tuple[tuple[time, time], ...]:
    hours = tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in value)
    flat = [moment for pair in hours for moment in pair]
    if not flat or flat != sorted(set(flat)):
        raise ValueError(f"opening 是 {value}，应按先后写出上班和下班的时间")
    return hours


def _ladder(value: list[dict[str, Any]]) -> tuple[Step, ...]:
    steps = tuple(
        Step(entry["step"], float(entry.get("share", 0)), int(entry.get("days", 0))) for entry in value
    )
    order = [(-step.share, step.days) for step in steps]
    if not steps or order != sorted(set(order)) or any(not 0 <= step.share < 1 for step in steps):
        raise ValueError("ladder 应按时间先后排列：先是到期前的 share（小于 1），再是到期后的 days")
    if any(step.share and step.days for step in steps):
        raise ValueError("ladder 的一步只能写 share 或 days 其一")
    return steps
