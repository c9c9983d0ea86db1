"""The channel's own sentences, from ``wording.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.channels.errors import WordingMissing

FILE = Path(__file__).with_name("wording.yml")


@cache
def entries() -> dict[str, Any]:
    """The file."""
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


def language_of(code: str) -> str:
    """``zh`` or ``en`` for a language code of the platform; unknown ones read Chinese."""
    return "en" if code and not code.lower().startswith("zh") else "zh"


def say(key: str, language: str) -> str:
    """One sentence.

    :raises WordingMissing: when the file has no such entry.
    """
    try:
        return str(entries()["says"][key][language])
    except KeyError:
        raise WordingMissing(f"{FILE.name}: says 里缺少 {key} 的 {language}") from None


def buttons(language: str, answered: str) -> list[dict[str, str]]:
    """What is offered under an answer (``yes``) or a refusal (``no``)."""
    return [{**b[language], "group": b.get("group", "")} for b in entries()["buttons"][answered]]


def commands(language: str) -> list[tuple[str, str]]:
    """The menu: command and description."""
    return [(name, texts[language]) for name, texts in entries()["commands"].items()]
