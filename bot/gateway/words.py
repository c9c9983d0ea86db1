"""The page's own wording, one file for each language it can be shown in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from fastapi import Request

_FOLDER = Path(__file__).with_name("web") / "words"
LANGUAGES = ("zh", "en")  # the first is shown to whoever asks for none


@cache
def words(language: str) -> dict[str, Any]:
    """One of the files.

    >>> words("zh")["send"], words("en")["send"]
    ('发送', 'Send')
    """
    return dict(yaml.safe_load((_FOLDER / f"{language}.yml").read_text("utf-8")))


def language_of(request: Request) -> str:
    """What ``?lang=`` asks for, else the first language: a link says it, so it can be sent and bookmarked."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def query_of(language: str) -> str:
    """What a link of the page carries so that the next page speaks the same language."""
    return "" if language == LANGUAGES[0] else f"?lang={language}"
