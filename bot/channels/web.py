"""The page as a channel: it shows what the gateway gives as it is, and fetches instead of being pushed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.channel import Bubble, Button, Capabilities, Incoming


class WebChannel:
    """See :class:`bot.channels.channel.Channel`. The body of ``POST /api/chat`` is the update."""

    name = "web"
    # A page scrolls; the bound is what one reply of the gateway may hold.
    capabilities = Capabilities(length=100_000, buttons=True, links=True, edit=True, push=False)

    def read(self, update: Mapping[str, Any]) -> Incoming:
        """See :class:`bot.channels.channel.Channel`."""
        message, id_ = update.get("message"), update.get("id", "")
        if not isinstance(message, str) or not isinstance(id_, str):
            return Incoming("", "", "ignored")
        return Incoming(id_, "", "words", message)

    def render(self, body: Mapping[str, Any]) -> tuple[Bubble, ...]:
        """See :class:`bot.channels.channel.Channel`."""
        return tuple(_bubble(reply) for reply in body["replies"])

    def measure(self, text: str) -> int:
        """Characters."""
        return len(text)


def _bubble(reply: Mapping[str, Any]) -> Bubble:
    said = [Button(b["title"], b["message"]) for b in reply.get("buttons", ())]
    cited = [Button(c["title"], url=c["url"]) for c in reply.get("answer", {}).get("citations", ())]
    return Bubble(reply["text"], (*said, *cited))
