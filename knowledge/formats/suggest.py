"""What a document says of itself: a proposal for the editor, never taken over without one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from knowledge.formats.flags import other_place

_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?=年|[-—~至])")
_DAY = re.compile(r"(20[0-4]\d)年(\d{1,2})月(\d{1,2})日")
_PUBLISHER = re.compile(r"[一-鿿]{2,20}(?:人民政府|委员会|办公室|[一-鿿]局|统计局|街道办事处|[一-鿿]委)$")
_MOST_TITLE = 60


@dataclass(frozen=True)
class Suggestion:
    """``published`` is ISO 8601 or empty."""

    title: str
    publisher: str
    district: str
    published: str
    period: tuple[int, int] | None


def suggestion(text: str) -> Suggestion:
    """From the first line, the last lines and the years that are named."""
    lines = [line.lstrip("# ").strip() for line in text.splitlines() if line.strip()]
    title = next((line for line in lines[:5] if len(line) <= _MOST_TITLE and "。" not in line), "")
    signed = [line for line in (*lines[:4], *lines[-4:]) if _PUBLISHER.search(line) and len(line) <= 30]
    days = _DAY.findall("\n".join((*lines[:4], *lines[-4:])))
    published = "-".join(part.zfill(2) for part in days[-1]) if days else ""
    years = Counter(int(year) for year in _YEAR.findall(_DAY.sub("", text)))
    named = [year for year, count in years.items() if count >= max(1, max(years.values()) // 3)]
    return Suggestion(
        title=title,
        publisher=signed[-1] if signed else "",
        district=other_place(text) or "海曙",
        published=published,
        period=(min(named), max(named)) if named else None,
    )
