"""What a message comes to: the body of ``POST /api/chat`` and of ``POST /channels/{name}``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.gateway.replies import Reply
from bot.gateway.wording import say


@dataclass(frozen=True)
class Outcome:
    """``kind`` is for the figures, ``retry_after`` in seconds.

    :param desk: a person is waited for or speaks; None: the bot answers.
    :param handoff: the resident was told that a person is looked for.
    """

    replies: tuple[Reply, ...]
    kind: str
    status: int = 200
    retry_after: int = 0
    masked: bool = False
    earlier: str = ""  # the body of an earlier reply to the same message, as it was sent
    desk: Mapping[str, Any] | None = None
    handoff: bool = False

    def json(self) -> dict[str, Any]:
        """The body; ``retry`` tells the page to offer sending the same words again."""
        if self.earlier:
            return dict(json.loads(self.earlier))
        data: dict[str, Any] = {"replies": [reply.json() for reply in self.replies]}
        if self.masked:
            data["masked"] = True
        if self.retry_after:
            data["retry"] = {"after": self.retry_after}
        if self.desk:
            data["desk"] = dict(self.desk)
        return data


def notice(key: str, status: int = 200, retry_after: int = 0, **values: object) -> Outcome:
    """The gateway's own sentence as an outcome."""
    return Outcome((Reply(say(key, **values), notice=key),), key, status, retry_after)
