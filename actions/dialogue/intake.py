"""Rasa's actions around the intake form: open it, hear each message, read back."""

from __future__ import annotations

from hashlib import sha256

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.dialogue.contact import bound_to, masked_number
from actions.dialogue.conversation import (
    heard,
    heard_before,
    intent_of,
    message_key,
    question_of,
    text_of,
)
from actions.dialogue.draft import EMPTY, Draft
from actions.dialogue.front import FrontDesk, answer_with, sounds_dangerous
from actions.dialogue.heard import Heard, Turn
from actions.dialogue.people import ask_for_a_person
from actions.dialogue.phrases import has
from actions.dialogue.steps import begin, begin_callback, listen
from actions.dialogue.tickets import Tickets
from actions.dialogue.told import without_contact

FORM = "intake_form"
_TOLD = ("draft", "requested_slot")


def draft_name(tracker: Tracker) -> str:
    """Names a new draft by the message that began it: sent twice, it still makes one ticket."""
    return sha256(message_key(tracker).encode()).hexdigest()[:16]


def opening(kind: str) -> list[EventType]:
    """The events that open the form; ``kind`` is "report" or "callback"."""
    return [SlotSet("opening", kind), FollowupAction(FORM)]


def after_danger(tracker: Tracker) -> bool:
    """Whether the message says that help is on its way after an emergency."""
    text = text_of(tracker)
    return bool(tracker.get_slot("danger")) and has("calm", text) and not has("trouble", _rest(text))


def _rest(text: str) -> str:
    """What is said besides the danger itself: only that may be a matter of its own."""
    sentences = [part for part in text.replace("！", "。").split("。") if not has("calm", part)]
    return "。".join(sentences)


class OpenIntakeAction(Action):  # type: ignore[misc]  # rasa_sdk carries no types
    """A complaint or report: the form, unless the message is a question that the sources answer."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front

    def name(self) -> str:
        return "action_open_intake"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        if after_danger(tracker):
            dispatcher.utter_message(response="utter_after_danger")
            return []
        if await Tickets(self._front).supply(dispatcher, tracker):
            return []
        question, answerer = question_of(tracker), self._front.answerer
        matter = any(has(name, question.text) for name in ("who_to_tell", "trouble", "suggesting"))
        if not matter and answerer.looks_like_question(question.text):
            await answer_with(answerer, dispatcher, question)
            return []
        return opening("report")


class ValidateIntakeAction(Action):  # type: ignore[misc]
    """Hears every message while the form is open and says what to ask for next."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front
        self._tickets = Tickets(front)

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        message, asked = heard(tracker), tracker.get_slot("requested_slot")
        if asked is None:
            return self._begin(dispatcher, tracker, message)
        if sounds_dangerous(message.text):
            dispatcher.utter_message(response="utter_emergency")
            return [*_events(Turn(EMPTY), tracker), SlotSet("danger", True)]
        if heard_before(tracker):  # its reply got lost: it is no answer to the question that the reply asked
            return _events(Turn(Draft.from_slots(tracker.current_slot_values()), asked), tracker)
        turn = listen(Draft.from_slots(tracker.current_slot_values()), message, asked)
        if turn.end == "left" and message.intent == "report_issue":
            return self._begin(dispatcher, tracker, message)
        await self._say(dispatcher, tracker, turn)
        return _events(turn, tracker)

    def _begin(self, dispatcher: CollectingDispatcher, tracker: Tracker, message: Heard) -> list[EventType]:
        callback = tracker.get_slot("opening") == "callback"
        name = draft_name(tracker)
        turn = (
            begin_callback(message, name, without_contact(message.text)) if callback else begin(message, name)
        )
        for response in turn.says:
            dispatcher.utter_message(response=response)
        return [*_events(turn, tracker), SlotSet("opening", None), SlotSet("danger", None)]

    async def _say(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> None:
        for response in turn.says:
            dispatcher.utter_message(response=response)
        if turn.aside == "answer":
            await answer_with(self._front.answerer, dispatcher, question_of(tracker))
        elif turn.aside == "talk":
            dispatcher.utter_message(response=f"utter_{intent_of(tracker)}")
        elif turn.aside == "tickets":
            await self._tickets.serve(dispatcher, tracker)
        elif turn.aside == "desk":
            ask_for_a_person(self._front, dispatcher)
        if turn.end == "cancelled":
            dispatcher.utter_message(response="utter_intake_cancelled")


def _events(turn: Turn, tracker: Tracker) -> list[EventType]:
    """Slots for Rasa: those that change, which it keeps and hands on for as long as the conversation lasts.

    ``requested_slot`` None ends the form; the filing action then sees what is confirmed. The draft's name is told in any
    case: of a message that set no slot Rasa thinks that the form did not understand it.
    """
    slots: dict[str, object] = dict(turn.draft.slots())
    slots["confirmed"] = True if turn.end == "confirmed" else None
    slots["requested_slot"] = turn.ask or None
    known = tracker.current_slot_values()
    return [
        SlotSet(name, value) for name, value in slots.items() if name in _TOLD or known.get(name) != value
    ]


class ReadBackAction(Action):  # type: ignore[misc]
    """Reads the report back before anything is filed, the number masked."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front

    def name(self) -> str:
        return f"action_ask_{FORM}_confirmed"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        draft = Draft.from_slots(tracker.current_slot_values())
        values = {"matters": shown_matters(draft), "where": draft.place}
        if draft.has_contact:
            number = self._front.sealer.open(draft.contact, bound_to(str(tracker.sender_id)))
            response = "utter_read_back" if draft.consent else "utter_read_back_and_consent"
            dispatcher.utter_message(response=response, number=masked_number(number), **values)
        else:
            dispatcher.utter_message(response="utter_read_back_no_number", **values)
        return []


class AskConsentAction(Action):  # type: ignore[misc]
    """Asks whether a number that came unasked is to be called back."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front

    def name(self) -> str:
        return f"action_ask_{FORM}_consent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        draft = Draft.from_slots(tracker.current_slot_values())
        number = self._front.sealer.open(draft.contact, bound_to(str(tracker.sender_id)))
        dispatcher.utter_message(response="utter_consent_callback", number=masked_number(number))
        return []


def shown_matters(draft: Draft) -> str:
    """The matters in one line each, numbered when there are several, with since when if they don't say it."""
    texts = list(draft.matters)
    if draft.since and not any(draft.since in text for text in texts):
        texts[0] = f"{texts[0]}（{draft.since}）"
    return texts[0] if len(texts) == 1 else " ".join(f"（{i}）{text}" for i, text in enumerate(texts, 1))
