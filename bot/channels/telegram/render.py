"""Replies of the gateway as Telegram messages: plain text, cut where one pauses, buttons under the last piece."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.channel import Bubble, Capabilities, Incoming
from bot.channels.offers import Offers, spoken
from bot.channels.split import split
from bot.channels.telegram.updates import Updates
from bot.channels.telegram.wording import wording

TITLE_CHARS = 60  # longer ones are cut off on a telephone anyway


class TelegramChannel:
    """See :class:`bot.channels.channel.Channel`.

    :param public_url: where residents reach the page; empty: no links to documents.
    """

    name = "telegram"
    capabilities = Capabilities(length=4096, buttons=True, links=True, edit=True, push=True)

    def __init__(self, updates: Updates, public_url: str = "") -> None:
        self._updates = updates
        self._offers = Offers(wording(), public_url, TITLE_CHARS)

    def read(self, update: Mapping[str, Any]) -> Incoming:
        """See :class:`bot.channels.channel.Channel`."""
        try:
            return self._updates.read(update)
        except (KeyError, TypeError, ValueError, AttributeError):
            return Incoming(str(update.get("update_id", "")), "", "ignored", "malformed")

    def render(self, body: Mapping[str, Any]) -> tuple[Bubble, ...]:
        """See :class:`bot.channels.channel.Channel`."""
        person = "desk" in body
        return tuple(bubble for reply in body["replies"] for bubble in self._bubbles(reply, person))

    def measure(self, text: str) -> int:
        """UTF-16 units, the stricter of what Telegram may count."""
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def _bubbles(self, reply: Mapping[str, Any], person: bool) -> list[Bubble]:
        pieces = split(spoken(reply, wording()), self.capabilities.length, self.measure)
        under = tuple(self._offers.of(reply, person))
        return [Bubble(piece, under if i == len(pieces) - 1 else ()) for i, piece in enumerate(pieces)]
