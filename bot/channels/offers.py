"""What a reply says and what it offers, before a channel gives it its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.channel import Button
from bot.channels.wording import Wording

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MOST_LINKS = 3


def spoken(reply: Mapping[str, Any], wording: Wording) -> str:
    """Its text; with the name before it when a person says it."""
    speaker = reply.get("speaker") or {}
    if speaker.get("kind") != "operator":
        return str(reply["text"])
    by = wording.say("operator", "zh").format(name=speaker.get("name", "")).replace(" · ：", "：")
    return f"{by}{reply['text']}"


class Offers:
    """The buttons of replies.

    :param public_url: where residents reach the page; empty: no links to documents.
    :param chars: longest title.
    """

    def __init__(self, wording: Wording, public_url: str, chars: int) -> None:
        self._wording = wording
        self._public_url = public_url.rstrip("/")
        self._chars = chars

    def of(self, reply: Mapping[str, Any], person: bool = False) -> list[Button]:
        """Links to the documents, what the reply itself offers, and what stands under every answer.

        :param person: one has been asked for already, or speaks.
        """
        one = "one" if reply.get("survey") else ""
        said = [Button(self._title(b["title"]), b["message"], group=one) for b in reply.get("buttons", ())]
        answer = reply.get("answer")
        if not answer:
            return said
        language = "zh" if _CHINESE.search(reply["text"].partition("\n")[0]) else "en"
        links = self._links(answer["citations"], language)
        below = self._wording.buttons(language, "no" if answer["refused"] else "yes")
        return [*links, *said, *(b for b in below if not (person and b.group == "person"))]

    def _links(self, citations: list[Mapping[str, Any]], language: str) -> list[Button]:
        urls = list(dict.fromkeys(str(c["url"]) for c in citations))[:_MOST_LINKS] if self._public_url else []
        title = self._wording.say("source", language)
        numbered = [title] if len(urls) == 1 else [f"{title} {i}" for i in range(1, len(urls) + 1)]
        return [Button(t, url=self._public_url + url) for t, url in zip(numbered, urls, strict=True)]

    def _title(self, title: str) -> str:
        return title if len(title) <= self._chars else title[: self._chars - 1] + "…"
