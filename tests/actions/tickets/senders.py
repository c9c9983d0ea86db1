"""A channel as it is: it fails, it answers too late, and its reader knows a message by its key."""

from __future__ import annotations

import random
from datetime import datetime

from actions.tickets.outbox import Draft, Letter, Outbox
from actions.tickets.store import Store


class FlakyPhone:
    """Fails ``failing`` of the calls before the message is out, and ``lost`` of them after."""

    def __init__(self, failing: float, lost: float = 0.0, seed: int = 81890) -> None:
        self._failing = failing
        self._lost = lost
        self._chance = random.Random(seed)
        self.calls = 0
        self.shown: dict[str, list[str]] = {}  # session → keys in the order the reader sees them

    def send(self, letter: Letter) -> None:
        self.calls += 1
        if self._chance.random() < self._failing:
            raise ConnectionError("the channel is away")
        seen = self.shown.setdefault(letter.session, [])
        if letter.dedup not in seen:
            seen.append(letter.dedup)
        if self._chance.random() < self._lost:
            raise TimeoutError("it arrived, but nobody said so")


def put(store: Store, outbox: Outbox, *drafts: Draft) -> list[bool]:
    with store.writing() as connection:
        return [outbox.put(connection, draft) for draft in drafts]


def draft(
    number: int, session: str = "s1", channel: str = "telegram", after: datetime | None = None
) -> Draft:
    return Draft(
        "news", channel, session, {"text": f"第{number}条"}, f"{channel}:{session}:{number}", after=after
    )
