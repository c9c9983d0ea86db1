"""What was said in a conversation, so that a page that is opened again can show it again.

Masked text only, sealed, in the short memory: it ends with the session, with a new conversation, or when it is forgotten.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from actions.tickets.errors import KeyMissing
from actions.tickets.sealing import Sealer
from bot.gateway.scratch import Notes, Scratch

log = logging.getLogger(__name__)
MAX_SHOWN = 40  # turns; what is further back is further than anybody scrolls


class History:
    """Turns of conversations.

    :param sealer: what is written down can be read only with its key.
    """

    def __init__(self, scratch: Scratch, sealer: Sealer) -> None:
        self._scratch = scratch
        self._sealer = sealer

    def said(self, notes: Notes, conversation: str, id_: str, text: str, body: Mapping[str, Any]) -> None:
        """One message and what was replied; seen when the notes are written.

        :param text: masked.
        :param body: as ``POST /api/chat`` gave it.
        """
        self._add(notes, conversation, {"id": id_, "at": int(time.time()), "said": text, **body})

    async def told(self, conversation: str, letters: Sequence[Mapping[str, Any]]) -> None:
        """Messages that came without being asked for; each is written down once."""
        if not letters:
            return
        known, notes = {turn["id"] for turn in await self.read(conversation)}, Notes()
        for letter in letters:
            id_ = f"news-{letter['id']}"
            if id_ not in known:
                self._add(notes, conversation, {"id": id_, "at": int(time.time()), "letter": dict(letter)})
        if notes.turns:
            await self._scratch.write(notes)

    async def read(self, conversation: str) -> list[dict[str, Any]]:
        """The turns, oldest first; ``rated`` on those that have been. One that was said again is shown once."""
        rated = set(await self._scratch.recall(_rated(conversation)))
        turns: dict[str, dict[str, Any]] = {}
        for sealed in await self._scratch.recall(_shown(conversation)):
            try:
                turn = json.loads(self._sealer.open(sealed, _shown(conversation)))
            except KeyMissing:
                log.warning("a turn of an earlier key is left out of the history")
                continue
            name = turn["id"] or str(len(turns))
            turns[name] = {**turn, "rated": True} if turn["id"] in rated else turn
        return list(turns.values())

    async def rated(self, conversation: str, id_: str) -> None:
        """The answer in this turn has been rated; the page does not ask again."""
        await self._scratch.write(Notes().remember(_rated(conversation), id_, MAX_SHOWN))

    async def forget(self, conversation: str) -> None:
        """Nothing of it is left."""
        for key in (_shown(conversation), _rated(conversation)):
            await self._scratch.forget(key)

    def _add(self, notes: Notes, conversation: str, turn: Mapping[str, Any]) -> None:
        key = _shown(conversation)
        sealed = self._sealer.seal(json.dumps(turn, ensure_ascii=False), key)
        notes.remember(key, sealed, MAX_SHOWN)


def _shown(conversation: str) -> str:
    return f"shown:{conversation}"


def _rated(conversation: str) -> str:
    return f"rated:{conversation}"
