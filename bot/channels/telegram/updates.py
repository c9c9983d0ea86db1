"""What an update of the Bot API is.

Worked on as plain JSON: what waits in the spool was written by Telegram, and fields that a library's classes don't
know yet must not stop it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.channel import Incoming, Kind

ALLOWED = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "channel_post",
    "edited_channel_post",
)
_OTHER = (
    *("photo", "sticker", "voice", "audio", "video", "video_note", "animation", "document"),
    *("poll", "dice", "story", "game", "invoice", "paid_media"),
)
_EDITED: tuple[Kind, str] = ("other", "edited")
_GONE = frozenset({"kicked", "left"})


class Updates:
    """Reads updates.

    :param username: the bot's own, without ``@``: in a group only what is addressed to it is read.
    :param bot_id: the bot's own id, by which replies to it are known.
    """

    def __init__(self, username: str, bot_id: int) -> None:
        self._mention = f"@{username}".casefold()
        self._bot_id = bot_id

    def read(self, update: Mapping[str, Any]) -> Incoming:
        """See :class:`bot.channels.channel.Channel`."""
        id_ = str(update.get("update_id", ""))
        if isinstance(query := update.get("callback_query"), dict):
            return self._press(id_, query)
        if isinstance(member := update.get("my_chat_member"), dict):
            return _membership(id_, member)
        for name in ("message", "edited_message"):
            if isinstance(message := update.get(name), dict):
                return self._message(id_, message, edited=name == "edited_message")
        return Incoming(id_, "", "ignored", "channel_post" if "channel_post" in update else "unknown")

    def _press(self, id_: str, query: Mapping[str, Any]) -> Incoming:
        message = query.get("message")
        if not isinstance(message, dict) or not isinstance(query.get("data"), str):
            return Incoming(id_, "", "ignored", "press without message", query=str(query.get("id", "")))
        chat, sender = message["chat"], query.get("from") or {}
        return Incoming(
            id_,
            _name(chat),
            "press",
            query["data"],
            chat.get("type") != "private",
            int(message.get("message_id", 0)),
            str(query.get("id", "")),
            str(sender.get("language_code", "")),
            tuple(tuple(row) for row in (message.get("reply_markup") or {}).get("inline_keyboard", ())),
        )

    def _message(self, id_: str, message: Mapping[str, Any], edited: bool) -> Incoming:
        chat, sender = message.get("chat") or {}, message.get("from") or {}
        public = chat.get("type") != "private"
        text = message.get("text") or message.get("caption") or ""
        if sender.get("is_bot") or not chat or chat.get("type") == "channel":
            return Incoming(id_, "", "ignored", "not a person")
        if public and (edited or not self._addressed(message, text)):
            return Incoming(id_, "", "ignored", "not addressed")
        kind, words = _EDITED if edited else self._content(message, text)
        beside = next((name for name in _OTHER if name in message), "") if kind == "words" else ""
        return Incoming(
            id_,
            _name(chat),
            kind,
            words,
            public,
            int(message.get("message_id", 0)),
            language=str(sender.get("language_code", "")),
            beside=beside,
        )

    def _addressed(self, message: Mapping[str, Any], text: str) -> bool:
        replied = (message.get("reply_to_message") or {}).get("from") or {}
        return self._mention in text.casefold() or replied.get("id") == self._bot_id

    def _content(self, message: Mapping[str, Any], text: str) -> tuple[Kind, str]:
        for name in _OTHER:
            if name in message and not text:
                return "other", name
        if "location" in message or "venue" in message:
            return "words", _place(message)
        if "contact" in message:
            return "words", f"我的电话是{(message['contact'] or {}).get('phone_number', '')}"
        plain = self._without_mention(text)
        if plain.startswith("/"):
            # Further words belong to the question only when it is no command of ours: the desk defuses the slash.
            return "command", plain.split()[0][1:].casefold()
        # Members who join, pinned messages and the like carry no words and ask for none.
        return ("words", plain) if plain else ("ignored", "no words")

    def _without_mention(self, text: str) -> str:
        at = text.casefold().find(self._mention)
        return text if at < 0 else (text[:at] + text[at + len(self._mention) :]).strip()


def _place(message: Mapping[str, Any]) -> str:
    venue = message.get("venue") or {}
    location = message.get("location") or venue.get("location") or {}
    named = " ".join(str(venue[name]) for name in ("address", "title") if venue.get(name))
    north, east = (f"{location.get(name, 0):.5f}" for name in ("latitude", "longitude"))
    return f"{named}（{north},{east}）" if named else f"手机定位（北纬{north}，东经{east}）"


def _name(chat: Mapping[str, Any]) -> str:
    """A chat's id, to which something can be sent. Raises ValueError for anything else."""
    id_ = chat["id"]
    if not isinstance(id_, int) or isinstance(id_, bool):
        raise ValueError("a chat's id is a whole number")
    return str(id_)


def _membership(id_: str, member: Mapping[str, Any]) -> Incoming:
    chat, status = member.get("chat") or {}, (member.get("new_chat_member") or {}).get("status")
    if chat.get("type") != "private":
        return Incoming(id_, "", "ignored", "group membership")
    return Incoming(id_, _name(chat), "left" if status in _GONE else "ignored", "membership")
