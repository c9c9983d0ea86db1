"""What a message or an event of the platform is."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from bot.channels.channel import Incoming, Kind

_MEDIA = frozenset({"image", "video", "shortvideo", "link", "file", "music"})


def read(update: Mapping[str, str]) -> Incoming:
    """See :class:`bot.channels.channel.Channel`; ``update`` are the fields of the XML."""
    reader, kind = update["FromUserName"], update["MsgType"]
    if kind == "event":
        return _event(update, reader)
    id_ = update["MsgId"]
    if not id_.isascii() or not id_.isdigit() or not reader:
        return Incoming("", "", "ignored", "without id")
    what, text = _content(kind, update)
    return Incoming(id_, reader, what, text, message=int(id_))


def _content(kind: str, update: Mapping[str, str]) -> tuple[Kind, str]:
    if kind == "text":
        words = update.get("Content", "").strip()
        return ("words", words) if words else ("ignored", "no words")
    if kind == "voice":
        heard = update.get("Recognition", "").strip()
        return ("words", heard) if heard else ("other", "voice")
    if kind == "location":
        return "words", _place(update)
    return ("other", "media") if kind in _MEDIA else ("ignored", "unknown")


def _place(update: Mapping[str, str]) -> str:
    north, east = (f"{float(update[name]):.5f}" for name in ("Location_X", "Location_Y"))
    label = update.get("Label", "").strip()
    return f"{label}（{north},{east}）" if label else f"手机定位（北纬{north}，东经{east}）"


def _event(update: Mapping[str, str], reader: str) -> Incoming:
    event, key = update["Event"].casefold(), update.get("EventKey", "")
    # Events have no number: the platform's advice is to know them by who and when.
    parts = (reader, update["CreateTime"], event, key)
    id_ = sha256("\0".join(parts).encode()).hexdigest()[:40]
    if event == "subscribe":
        return Incoming(id_, reader, "command", "start")
    if event == "unsubscribe":
        return Incoming(id_, reader, "left", event)
    if event == "click":
        return Incoming(id_, reader, "command", key.strip().casefold())
    # VIEW, SCAN, LOCATION (sent by itself when the account is opened), results of sends: nobody said anything.
    return Incoming(id_, reader, "ignored", event)
