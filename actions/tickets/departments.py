"""Reads ``departments.yml`` and ``examples.yml``: who handles what, and how people report it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from actions.tickets.errors import RulesUnusable
from actions.tickets.likeness import Tuning
from actions.tickets.records import Kind
from knowledge.normalise import normalise

DEPARTMENTS = Path(__file__).with_name("departments.yml")
EXAMPLES = Path(__file__).with_name("examples.yml")


@dataclass(frozen=True)
class Category:
    """A sort of matter. ``unit`` is empty where a person has to decide; ``words`` name it plainly."""

    name: str
    unit: str
    words: re.Pattern[str] | None


@dataclass(frozen=True)
class Example:
    """A labelled report, normalised."""

    text: str
    category: str
    kind: Kind


@dataclass(frozen=True)
class Directory:
    """Both files as the triage reads them.

    :param units: what each unit handles, by its name.
    :param kinds: patterns that decide a kind at once, the first that matches.
    :param callback: category, kind and unit of a report that asks for a call back.
    """

    units: Mapping[str, str]
    categories: tuple[Category, ...]
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...]
    callback: tuple[str, Kind, str]
    tuning: Tuning
    examples: tuple[Example, ...]

    def category(self, name: str) -> Category:
        """The category of that name. Raises KeyError."""
        return {category.name: category for category in self.categories}[name]

    @property
    def desk(self) -> str:
        """The unit that answers for what nobody has taken yet."""
        return self.callback[2]

    def service_names(self) -> tuple[str, ...]:
        """All categories a report may get, the call back last."""
        return (*(category.name for category in self.categories), self.callback[0])


def read_directory(departments: Path = DEPARTMENTS, examples: Path = EXAMPLES) -> Directory:
    """The units, the categories and the examples.

    :raises RulesUnusable: naming the file and the entry that can't be used.
    """
    try:
        data = yaml.safe_load(departments.read_text("utf-8"))
        found = _directory(data, _examples(yaml.safe_load(examples.read_text("utf-8"))))
        _check(found)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise RulesUnusable(f"{departments.name} 或 {examples.name} 用不了：{error}") from error
    return found


@cache
def unit_names() -> tuple[str, ...]:
    """The names of the units alone."""
    return tuple(yaml.safe_load(DEPARTMENTS.read_text("utf-8"))["units"])


def _directory(data: dict[str, Any], examples: tuple[Example, ...]) -> Directory:
    callback = data["callback"]
    return Directory(
        units=dict(data["units"]),
        categories=tuple(
            Category(name, entry["unit"], re.compile(entry["words"]) if entry["words"] else None)
            for name, entry in data["categories"].items()
        ),
        kinds=tuple((_kind(name), re.compile(pattern)) for name, pattern in data["kinds"].items()),
        callback=(callback["category"], _kind(callback["kind"]), callback["unit"]),
        tuning=Tuning(**data["tuning"]),
        examples=examples,
    )


def _examples(data: dict[str, dict[str, str]]) -> tuple[Example, ...]:
    return tuple(
        Example(normalise(line), category, _kind(kind))
        for category, by_kind in data.items()
        for kind, lines in by_kind.items()
        for line in lines.splitlines()
    )


def _kind(name: str) -> Kind:
    kinds: tuple[Kind, ...] = get_args(Kind)
    for kind in kinds:
        if kind == name:
            return kind
    raise ValueError(f"类型 {name} 不在 {'、'.join(kinds)} 之内")


def _check(directory: Directory) -> None:
    named = {category.unit for category in directory.categories} | {directory.callback[2]}
    if unknown := named - {""} - set(directory.units):
        raise ValueError(f"units 里没有 {'、'.join(sorted(unknown))}")
    if unlike := {c.name for c in directory.categories} ^ {e.category for e in directory.examples}:
        raise ValueError(f"类别 {'、'.join(sorted(unlike))} 只在一个文件里")
