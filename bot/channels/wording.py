"""A channel's own sentences, from its ``wording.yml``."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from bot.channels.channel import Button
from bot.channels.errors import WordingMissing


def language_of(code: str) -> str:
    """``zh`` or ``en`` for a language code of the platform; unknown ones read Chinese."""
    return "en" if code and not code.lower().startswith("zh") else "zh"


class Wording:
    """One file, read when it is first needed."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def entries(self) -> dict[str, Any]:
        """The file as it is."""
        return dict(yaml.safe_load(self._file.read_text("utf-8")))

    def say(self, key: str, language: str) -> str:
        """One sentence.

        :raises WordingMissing: when the file has no such entry.
        """
        try:
            return str(self.entries["says"][key][language])
        except KeyError:
            raise WordingMissing(f"{self._file.name}: says 里缺少 {key} 的 {language}") from None

    def buttons(self, language: str, judged: str) -> list[Button]:
        """What is offered under an answer (``yes``) or a refusal (``no``)."""
        rows = self.entries["buttons"][judged]
        return [Button(**row[language], group=row.get("group", "")) for row in rows]

    def commands(self, language: str) -> list[tuple[str, str]]:
        """The menu: command and description."""
        return [(name, texts[language]) for name, texts in self.entries["commands"].items()]
