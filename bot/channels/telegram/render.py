"""Replies of the gateway as Telegram messages: plain text, cut where one pauses, buttons under the last piece."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.channel import Bubble, Button, Capabilities, Incoming
from bot.channels.split import split
from bot.channels.telegram.updates import Updates
from bot.channels.telegram.wording import buttons

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MOST_LINKS = 3
TITLE_CHARS = 60  # longer ones are cut off on a telephone anyway


class TelegramChannel:
    """See :class:`bot.channels.channel.Channel`.

    :param public_url: where residents reach the page; empty: no links to documents.
    """

    name = "telegram"
    capabilities = Capabilities(length=4096, buttons=True, links=True, edit=True, push=True)

    def __init__(self, updates: Updates, public_url: str = "") -> None:
        self._updates = updates
        self._public_url = public_url.rstrip("/")

    def read(self, update: Mapping[str, Any]) -> Incoming:
        """See :class:`bot.channels.channel.Channel`."""
        try:
            return self._updates.read(update)
        except (KeyError, TypeError, ValueError, AttributeError):
            return Incoming(str(update.get("update_id", "")), "", "ignored", "malformed")

    def render(self, body: Mapping[str, Any]) -> tuple[Bubble, ...]:
        """See :class:`bot.channels.channel.Channel`."""
        return tuple(bubble for reply in body["replies"] for bubble in self._bubbles(reply))

    def measure(self, text: str) -> int:
        """UTF-16 units, the stricter of what Telegram may count."""
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def _bubbles(self, reply: Mapping[str, Any]) -> list[Bubble]:
        pieces = split(reply["text"], self.capabilities.length, self.measure)
        under = tuple(self._buttons(reply))
        return [Bubble(piece, under if i == len(pieces) - 1 else ()) for i, piece in enumerate(pieces)]

    def _buttons(self, reply: Mapping[str, Any]) -> list[Button]:
        one = "one" if reply.get("survey") else ""
        said = [Button(_title(b["title"]), b["message"], group=one) for b in reply.get("buttons", ())]
        answer = reply.get("answer")
        if not answer:
            return said
        language = "zh" if _CHINESE.search(reply["text"].partition("\n")[0]) else "en"
        links = self._links(answer["citations"], language)
        judged = "no" if answer["refused"] else "yes"
        return [*links, *said, *(Button(**b) for b in buttons(language, judged))]

    def _links(self, citations: list[Mapping[str, Any]], language: str) -> list[Button]:
        urls = list(dict.fromkeys(str(c["url"]) for c in citations))[:_MOST_LINKS] if self._public_url else []
        title = "查看原文" if language == "zh" else "Read the source"
        numbered = [title] if len(urls) == 1 else [f"{title} {i}" for i in range(1, len(urls) + 1)]
        return [Button(t, url=self._public_url + url) for t, url in zip(numbered, urls, strict=True)]


def _title(title: str) -> str:
    return title if len(title) <= TITLE_CHARS else title[: TITLE_CHARS - 1] + "…"
