"""Why a handed-in file is not taken: a reason from a closed list, with its wording."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import KnowledgeError

FOLDER = Path(__file__).parent
_SHOWN = 80


@cache
def wordings() -> dict[str, str]:
    """``refusals.yml``."""
    return dict(yaml.safe_load((FOLDER / "refusals.yml").read_text(encoding="utf-8")))


@cache
def limits() -> dict[str, Any]:
    """``limits.yml``."""
    return dict(yaml.safe_load((FOLDER / "limits.yml").read_text(encoding="utf-8")))


class FileRefused(KnowledgeError):
    """``reason`` is a key of ``refusals.yml``; the message is for the editor.

    >>> str(FileRefused("encrypted"))
    '文件加了密码。请去掉密码再交'
    """

    def __init__(self, reason: str, what: object = "", limit: object = "") -> None:
        shown = "".join(char for char in str(what) if char.isprintable())[:_SHOWN]
        super().__init__(wordings()[reason].format(what=shown, limit=limit))
        self.reason, self.what, self.limit = reason, shown, str(limit)
