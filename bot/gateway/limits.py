"""How much one session, and one address, may ask."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.gateway.scratch import Scratch, Window

_MINUTE = 60
_HALF_DAY = 12 * 3600
# A school, an office or a whole mobile network stands behind one address: the cap on addresses only keeps
# those out who drop their cookie to begin anew.
ADDRESS_FACTOR = 20


@dataclass(frozen=True)
class Caller:
    """Who is counted. ``trusted`` callers carry the service token and are not."""

    session: str
    address: str
    trusted: bool = False


class Limits:
    """The limits in force.

    :param posts: messages per session and minute.
    :param reads: document pages per session and minute.
    :param conversations: conversations per session in twelve hours.
    """

    def __init__(self, scratch: Scratch, posts: int, reads: int, conversations: int) -> None:
        self._scratch = scratch
        self._posts = posts
        self._reads = reads
        self._conversations = conversations

    async def post(self, caller: Caller) -> int:
        """0 when a message may pass, else whole seconds to wait."""
        return await self._admit(caller, "post", self._posts, _MINUTE)

    async def read(self, caller: Caller) -> int:
        """The same for a document page."""
        return await self._admit(caller, "read", self._reads, _MINUTE)

    async def conversation(self, caller: Caller) -> int:
        """The same for beginning a new conversation."""
        return await self._admit(caller, "conversation", self._conversations, _HALF_DAY)

    async def _admit(self, caller: Caller, kind: str, limit: int, seconds: int) -> int:
        if caller.trusted:
            return 0
        windows = (
            Window(f"{kind}:session:{caller.session}", limit, seconds),
            Window(f"{kind}:address:{caller.address}", limit * ADDRESS_FACTOR, seconds),
        )
        return math.ceil(await self._scratch.admit(windows))
