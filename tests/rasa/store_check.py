"""Run by Rasa's Python: prints whether a conversation at hand is what its text would make, and when it is not used."""

from __future__ import annotations

import asyncio
import json
import random
import sys

from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa.slimming import name_no_model, slim
from bot.rasa.stores import AT_HAND, RedisConversations
from bot.rasa.trackers import copy_conversations_plainly, see_when_nothing_was_undone
from tests.rasa.shortcut_check import conversations, told


class Kept(dict[str, str]):
    """In Redis's place: what is not tried here needs none."""

    def set(self, key: str, text: str, ex: float) -> None:
        self[key] = text


async def main() -> None:
    agent = Agent.load(sys.argv[1])
    assert agent.processor is not None
    domain = agent.processor.domain
    for patch in (name_no_model, copy_conversations_plainly, see_when_nothing_was_undone):
        patch()
    store = RedisConversations(domain, "redis://127.0.0.1:1", 60.0)
    store.red = kept = Kept()
    found = {"same": [], "itself": [], "changed": [], "gone on": []}

    def anew(name: str) -> DialogueStateTracker:
        made = TrackerStore.deserialise_tracker(store, name, kept[f"rasa:tracker:{name}"])
        assert made is not None
        for event in (
            made.events
        ):  # Rasa repeats a message's metadata in what it was taken for, until it is kept again
            slim(event)
        return made

    for tracker in conversations(domain, random.Random(12)):
        name, key = tracker.sender_id, f"rasa:tracker:{tracker.sender_id}"
        await store.save(tracker)
        found["same"].append(told(tracker) == told(anew(name)))
        again = await store.retrieve_full_tracker(name)
        found["itself"].append(again is tracker and await store.retrieve_full_tracker(name) is not tracker)
        await store.save(tracker)
        kept[key] = kept[key].replace(name, f"{name} ")  # another process wrote
        found["changed"].append(await store.retrieve_full_tracker(name) is not tracker)
        await store.save(tracker)
        tracker.update(SlotSet("place", "哪里"))  # and then its message failed
        again = await store.retrieve_full_tracker(name)
        found["gone on"].append(again is not tracker and len(again.events) == len(tracker.events) - 1)
    for number in range(AT_HAND + 9):
        await store.save(DialogueStateTracker.from_events(f"b-{number}", [UserUttered("话")], domain.slots))
    print(
        json.dumps(
            {**{name: [len(all_), sum(all_)] for name, all_ in found.items()}, "at hand": len(store._at_hand)}
        )
    )


if __name__ == "__main__":
    asyncio.run(main())
