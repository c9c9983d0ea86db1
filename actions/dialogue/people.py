"""A person instead of the machine: what is true about that, and a call-back instead of waiting."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.dialogue.front import FrontDesk


def no_person_here(front: FrontDesk, dispatcher: CollectingDispatcher) -> None:
    """Say that nobody answers in this chat, the desk's hours and the number to call."""
    state = "open" if front.hours.open(front.clock()) else "closed"
    dispatcher.utter_message(
        response=f"utter_handoff_{state}", hours=front.hours.chinese, hours_en=front.hours.english
    )


class HandoffAction(Action):  # type: ignore[misc]  # rasa_sdk carries no types
    """Nobody sits at the chat desk yet: says so and opens the form for a call-back."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front

    def name(self) -> str:
        return "action_handoff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        no_person_here(self._front, dispatcher)
        return [SlotSet("opening", "callback"), FollowupAction("intake_form")]
