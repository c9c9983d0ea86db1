"""A person instead of the machine: a place in the queue, or what is true about that and a call-back instead."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.dialogue.front import FrontDesk

_RESPONSES = {"closed": "closed", "holiday": "holiday", "nobody": "open"}


def ask_for_a_person(front: FrontDesk, dispatcher: CollectingDispatcher) -> bool:
    """Hand the resident over if somebody is there, else say why nobody is; whether somebody is.

    The handover itself is the ``handoff`` event, which the gateway brings to the ledger with the replies: nobody is
    queued who is not told so, and nobody is told so who is not queued.
    """
    opening = front.reachable()
    if opening == "open":
        dispatcher.utter_message(response="utter_handoff_queued")
        dispatcher.utter_message(json_message={"handoff": {"state": "queued"}})
        return True
    dispatcher.utter_message(
        response=f"utter_handoff_{_RESPONSES[opening]}",
        hours=front.hours.chinese,
        hours_en=front.hours.english,
    )
    return False


class HandoffAction(Action):  # type: ignore[misc]  # rasa_sdk carries no types
    """Asks for a person; where there is none, opens the form for a call-back."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front

    def name(self) -> str:
        return "action_handoff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if ask_for_a_person(self._front, dispatcher):
            return []
        return [SlotSet("opening", "callback"), FollowupAction("intake_form")]
