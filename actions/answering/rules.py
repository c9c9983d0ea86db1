"""Reads the YAML files beside it: statuses, guards, what questions ask for. Patterns are compiled once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@cache
def statuses() -> dict[str, dict[str, Any]]:
    """The closed list of outcomes with their wording."""
    return dict(_read("statuses.yml"))


@cache
def guards() -> dict[str, Any]:
    """Patterns (compiled) and place names that decide before retrieval."""
    return {k: _compile(v) if isinstance(v, str) else v for k, v in _read("guards.yml").items()}


@cache
def asks() -> dict[str, Any]:
    """What questions ask for; ``ask`` and ``proof`` are compiled patterns."""
    raw = _read("asks.yml")
    needs = {
        k: {**v, "ask": _compile(v["ask"]), "proof": _compile(v["proof"])}
        for k, v in raw.pop("needs_evidence").items()
    }
    rest = {k: {**v, "ask": _compile(v["ask"])} for k, v in raw.items()}
    return {"needs_evidence": needs, **rest}


@cache
def elsewhere() -> dict[str, list[str]]:
    """Examples of messages that no document answers, by the reason."""
    return {str(group): [str(text) for text in texts] for group, texts in _read("elsewhere.yml").items()}


def wording(status: str, key: str = "text", english: bool = False) -> str:
    """The wording of a status; the English one where asked for and present.

    :raises KeyError: for a status or key that statuses.yml does not have.
    """
    entry = statuses()[status]
    if english:
        key = {"text": "en"}.get(key, f"{key}_en")
        return str(entry[key]) if key in entry else ""
    return str(entry[key])


def _read(name: str) -> dict[str, Any]:
    data = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    assert isinstance(data, dict), f"{name} must be a mapping"
    return data


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
