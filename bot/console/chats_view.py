"""Conversations as the desk's pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.tickets.moment import LOCAL

_QUICK = Path(__file__).with_name("quick_replies.yml")
_STATES = {"bot": "智能助手", "waiting": "等候人工", "human": "人工接待", "closed": "已结束"}
_CHANNELS = {"web": "网页", "telegram": "Telegram", "wechat": "微信"}
_MOODS = {"angry": "情绪激动", "repeated": "多次反映"}
_SPEAKERS = {"resident": "居民", "bot": "智能助手", "operator": "坐席", "system": "系统", "note": "内部备注"}


@dataclass(frozen=True)
class Shown:
    """One conversation. ``waited`` in words; empty when nobody waits. ``late``: longer than three minutes."""

    name: str
    short: str
    state: str
    state_title: str
    channel: str
    owner: str
    owner_name: str
    moods: tuple[str, ...]
    language: str
    waited: str
    late: bool
    active: str
    last: str
    length: int


@dataclass(frozen=True)
class Spoken:
    """One line of the transcript."""

    number: int
    speaker: str
    title: str
    text: str
    at: str
    withheld: bool
    sources: tuple[str, ...]
    usable: bool  # a person's reply that reached the resident: an answer can be made of it


def shown(data: Mapping[str, Any], present: datetime) -> Shown:
    """From the service's answer."""
    since = data["waiting_since"] or data.get("unanswered")
    seconds = int((present - datetime.fromisoformat(since)).total_seconds()) if since else 0
    return Shown(
        name=data["id"],
        short=data["id"].rpartition("-")[2][:6],
        state=data["state"],
        state_title=_STATES[data["state"]],
        channel=_CHANNELS.get(data["channel"], data["channel"]),
        owner=data["owner"],
        owner_name=data["owner_name"],
        moods=tuple(_MOODS.get(mood, mood) for mood in data["mood"].split()),
        language="英文" if data["language"] == "en" else "",
        waited=_lasted(seconds) if since else "",
        late=seconds >= 180,
        active=_clock(data["active"]),
        last=data.get("last", ""),
        length=data["length"],
    )


def spoken(data: Mapping[str, Any]) -> Spoken:
    """From the service's answer."""
    cited = data["answer"].get("citations", ()) if data["answer"] else ()
    title = _SPEAKERS[data["speaker"]]
    return Spoken(
        number=data["number"],
        speaker=data["speaker"],
        title=f"{title} · {data['name']}" if data["name"] else title,
        text="（内容已删除）" if data["erased"] else data["text"],
        at=_clock(data["at"]),
        withheld=data["withheld"],
        sources=tuple(dict.fromkeys(f"《{one['title']}》{one['published'][:4]}年" for one in cited)),
        usable=data["speaker"] == "operator" and not data["erased"] and not data["withheld"],
    )


@cache
def quick_replies() -> tuple[dict[str, str], ...]:
    """``quick_replies.yml``."""
    return tuple(yaml.safe_load(_QUICK.read_text("utf-8")))


def _clock(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(LOCAL).strftime("%H:%M")


def _lasted(seconds: int) -> str:
    minutes = max(0, seconds) // 60
    if minutes >= 60:
        return f"{minutes // 60}小时{minutes % 60}分"
    return f"{minutes}分钟" if minutes else "不到1分钟"
