"""Rasa's actions for questions, for whatever the classifier is unsure about, and for what residents say of answers."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, SessionStarted, SlotSet, UserUtteranceReverted
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.dialogue.conversation import heard, intent_of, question_of, text_of
from actions.dialogue.front import FrontDesk, answer_with
from actions.dialogue.intake import after_danger, opening
from actions.dialogue.phrases import has
from actions.dialogue.ticket_words import number_and_code
from actions.dialogue.tickets import Tickets
from actions.dialogue.told import without_contact

TOLD = ("inform", "ask_followup", "nlu_fallback")  # intents that a statement may be taken for


class AnswerAction(Action):  # type: ignore[misc]  # rasa_sdk carries no types
    """Questions of every kind.

    Some messages that look like one are not: a ticket's number, help on its way after an emergency, a complaint
    that ends in «跟谁说», a number to call.
    """

    def __init__(self, front: FrontDesk) -> None:
        self._front = front
        self._tickets = Tickets(front)

    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        text = text_of(tracker)
        if after_danger(tracker):
            dispatcher.utter_message(response="utter_after_danger")
            return []
        if self._tickets.keep(dispatcher, tracker) or await self._tickets.supply(dispatcher, tracker):
            return []
        if number_and_code(text)[0]:
            return await self._tickets.serve(dispatcher, tracker)
        kind = _no_question(tracker)
        if kind:
            return opening(kind)
        answer = await answer_with(self._front.answerer, dispatcher, question_of(tracker))
        return [SlotSet("danger", True)] if answer.status == "emergency" else []


def _no_question(tracker: Tracker) -> str:
    """Which form a message opens that the classifier took for a question; empty when it may be one."""
    text = text_of(tracker)
    if has("suggesting", text):
        return "report"
    if has("trouble", text):
        told = intent_of(tracker) in TOLD and not has("question", text)
        return "report" if told or heard(tracker).phones or has("who_to_tell", text) else ""
    if heard(tracker).phones and (has("callback", text) or not without_contact(text)):
        return "callback"
    return ""


class FallbackAction(Action):  # type: ignore[misc]
    """When no rule applies; taking the message back keeps Rasa from predicting this action ten times."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front

    def name(self) -> str:
        return "action_default_fallback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        await answer_with(self._front.answerer, dispatcher, question_of(tracker))
        return [UserUtteranceReverted()]


class FeedbackAction(Action):  # type: ignore[misc]
    """What residents say about an answer, or about a ticket that is finished."""

    def __init__(self, front: FrontDesk) -> None:
        self._tickets = Tickets(front)

    def name(self) -> str:
        return "action_feedback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        if self._tickets.keep(dispatcher, tracker) or await self._tickets.rate(dispatcher, tracker):
            return []
        verdict = intent_of(tracker).removeprefix("give_feedback_")
        dispatcher.utter_message(response=f"utter_feedback_{verdict}")
        return []


class SessionStartAction(Action):  # type: ignore[misc]
    """A new session starts empty: nothing of an expired one is carried over."""

    def name(self) -> str:
        return "action_session_start"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return [SessionStarted(), ActionExecuted("action_listen")]
