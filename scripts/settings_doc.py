#!/usr/bin/env python3
"""Print docs/settings.md from the settings' own descriptions: ``make settings``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from actions.settings import ROOT, SECRETS, Settings

HEAD = """# Settings

Made by `make settings` from `actions/settings.py`; do not edit.

Each is an environment variable, or a line `NAME=value` in `.env` in the repository. Strongest first: the process
environment, `.env`, the generated `var/secrets.env`, the default.

| Setting | Default | Meaning |
|---|---|---|
"""


def shown_default(name: str, field: FieldInfo) -> str:
    """The default as a person would write it."""
    default: Any = field.default
    if name in SECRETS:
        return "generated"
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, Path):
        default = default.relative_to(ROOT) if default.is_absolute() else default
    return f"`{default}`" if default not in (None, "") else "empty"


def document() -> str:
    """The page's text."""
    rows = [
        f"| `{name.upper()}` | {shown_default(name, field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
