"""What of a conversation is handed to the actions and kept: what somebody reads again.

Stock Rasa sends an action everything that ever happened, with what the model thought of each message, and names itself
in every event: all of it was written and read again for every further message, and grew with each.
"""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import (
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

# Of earlier turns the actions read who said what, and which of it was said to a form (actions/dialogue/conversation.py).
_READ = frozenset(kind.type_name for kind in (UserUttered, BotUttered, ActiveLoop, SessionStarted, Restarted))
_UNDERSTOOD = ("intent", "entities", "text", "message_id")


def tell_actions_what_they_read() -> None:
    """Patch Rasa in this process; call it once."""
    stock = RemoteAction._action_call_format

    def form(self: Any, tracker: DialogueStateTracker, domain: Any) -> dict[str, Any]:
        call: dict[str, Any] = stock(self, _Unsaid(tracker), domain)
        call["tracker"]["events"] = told(list(tracker.events))
        return call

    RemoteAction._action_call_format = form


class _Unsaid:
    """A conversation that tells no events: they would be made ready only to be left out."""

    def __init__(self, tracker: DialogueStateTracker) -> None:
        self.sender_id, self._tracker = tracker.sender_id, tracker

    def current_state(self, _: EventVerbosity) -> dict[str, Any]:
        state: dict[str, Any] = self._tracker.current_state(EventVerbosity.NONE)
        return state


def told(events: list[Event]) -> list[dict[str, Any]]:
    """Everything since the last message, and of what was before it what is read again."""
    kinds = [event.type_name for event in events]
    last = max((place for place, kind in enumerate(kinds) if kind == UserUttered.type_name), default=0)
    read = [place for place, kind in enumerate(kinds) if place >= last or kind in _READ]
    return [_plain(events[place]) for place in read]


def _plain(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = event.as_dict()
    if isinstance(event, UserUttered):  # what it was taken for stands in the state beside the events
        del found["parse_data"]
    elif isinstance(event, BotUttered):
        found["data"] = {name: value for name, value in event.data.items() if value is not None}
    return found


def name_no_model() -> None:
    """Patch Rasa in this process; call it once. Which model is loaded its log says."""
    nobody = property(lambda self: None, lambda self, name: None)
    DialogueStateTracker.model_id = DialogueStateTracker.assistant_id = nobody


def slim(event: Event) -> None:
    """Before it is kept: of an answer that was sent its status, of a message what it was taken for.

    New dictionaries are made: the old ones are on their way to the reader.
    """
    if isinstance(event, UserUttered):
        event.parse_data = {name: event.parse_data[name] for name in _UNDERSTOOD if name in event.parse_data}
    elif isinstance(event, BotUttered):
        custom = event.data.get("custom")
        answer = custom.get("answer") if isinstance(custom, dict) else None
        if isinstance(answer, dict):
            event.data = {**event.data, "custom": {**custom, "answer": {"status": answer.get("status")}}}
