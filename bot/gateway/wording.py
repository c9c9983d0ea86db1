"""The gateway's own sentences, from ``wording.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from bot.gateway.errors import WordingMissing

_FILE = Path(__file__).with_name("wording.yml")


@cache
def _entries() -> dict[str, str]:
    return {key: str(text) for key, text in yaml.safe_load(_FILE.read_text("utf-8")).items()}


def say(key: str, **values: object) -> str:
    """One sentence with its values filled in.

    >>> say("rate_limited", seconds=7)[:16]
    '您发得有点快，请过7秒再发。'

    :raises WordingMissing: when the file has no such entry or it names another value.
    """
    try:
        return _entries()[key].format(**values)
    except KeyError as error:
        raise WordingMissing(f"{_FILE.name}: 缺少条目或参数 {error}（查找 {key}）") from None
