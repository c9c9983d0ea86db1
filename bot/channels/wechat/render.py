"""Replies of the gateway as texts of the platform: links as HTML anchors, options as numbers to answer with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.channels.channel import Bubble, Button, Capabilities, Incoming
from bot.channels.offers import Offers, spoken
from bot.channels.split import split
from bot.channels.wechat import messages
from bot.channels.wechat.wording import say, wording

MOST_OPTIONS = 8
TITLE_CHARS = 40
_ANCHOR = re.compile(r"<(?=/?a\b)", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class WeChatChannel:
    """See :class:`bot.channels.channel.Channel`.

    :param public_url: where residents reach the page; empty: no links to documents.
    """

    name = "wechat"
    capabilities = Capabilities(length=2048, buttons=False, links=True, edit=False, push=True)

    def __init__(self, public_url: str = "") -> None:
        self._offers = Offers(wording(), public_url, TITLE_CHARS)

    def read(self, update: Mapping[str, Any]) -> Incoming:
        """See :class:`bot.channels.channel.Channel`."""
        try:
            return messages.read(update)
        except (KeyError, TypeError, ValueError, AttributeError):
            return Incoming("", "", "ignored", "malformed")

    def render(self, body: Mapping[str, Any]) -> tuple[Bubble, ...]:
        """See :class:`bot.channels.channel.Channel`."""
        person = "desk" in body
        return tuple(bubble for reply in body["replies"] for bubble in self._bubbles(reply, person))

    def measure(self, text: str) -> int:
        """Bytes as they are sent."""
        return len(harmless(text).encode("utf-8", "replace"))

    def _bubbles(self, reply: Mapping[str, Any], person: bool) -> list[Bubble]:
        pieces = split(spoken(reply, wording()), self.capabilities.length, self.measure)
        under = tuple(self._offers.of(reply, person))
        return [Bubble(piece, under if i == len(pieces) - 1 else ()) for i, piece in enumerate(pieces)]

    def pack(self, bubbles: Iterable[Bubble]) -> tuple[Bubble, ...]:
        """As few messages as possible, because the platform counts them; the options stand under the last.

        Their buttons are the options in the order of their numbers.
        """
        every = list(bubbles)
        options = _options(every)
        pieces = [(harmless(bubble.text), "\n\n") for bubble in every]
        links = dict.fromkeys(_anchor(b) for bubble in every for b in bubble.buttons if b.url)
        pieces += [(link, "\n") for link in links]
        if options:
            pieces.append((_numbered(options), "\n\n"))
        texts: list[str] = []
        for piece, between in pieces:
            joined = f"{texts[-1]}{between}{piece}" if texts else ""
            if joined and len(joined.encode("utf-8", "replace")) <= self.capabilities.length:
                texts[-1] = joined
            else:
                texts.append(piece)
        return tuple(Bubble(text, options if i == len(texts) else ()) for i, text in enumerate(texts, 1))


def harmless(text: str) -> str:
    """The platform shows ``<a …>`` in a text as a link; only ours shall be."""
    return _ANCHOR.sub("＜", text)


def _options(bubbles: list[Bubble]) -> tuple[Button, ...]:
    said = {button.message: button for bubble in bubbles for button in bubble.buttons if button.message}
    return tuple(said.values())[:MOST_OPTIONS]


def _anchor(button: Button) -> str:
    return f'<a href="{button.url}">{button.title}</a>'


def _numbered(options: tuple[Button, ...]) -> str:
    language = "zh" if _CHINESE.search(options[0].title) else "en"
    lines = [f"{number} {harmless(option.title)}" for number, option in enumerate(options, 1)]
    return "\n".join([say("choose", language), *lines])
