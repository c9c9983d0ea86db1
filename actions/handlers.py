"""Rasa's custom actions: tracker → call → dispatcher. No logic and no wording.

actions = build_actions(answerer)   # rasa_sdk.Action instances for an ActionExecutor
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, SessionStarted, UserUtteranceReverted
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answering.answer import Answer, Question

HISTORY_TURNS = 6


class Answerer(Protocol):
    """The answering pipeline; called from several threads."""

    def answer(self, question: Question) -> Answer: ...


def question_of(tracker: Tracker) -> Question:
    """The last message with up to six earlier ones, oldest first; button payloads left out."""
    turns: list[str] = []
    for event in tracker.events:
        kind = event.get("event")
        if kind == "user":
            turns.append(event.get("text") or "")
        elif kind in ("restart", "session_started"):
            turns.clear()
    text = (tracker.latest_message or {}).get("text") or ""
    earlier = [turn for turn in turns[:-1] if turn and not turn.startswith("/")]
    return Question(text, tuple(earlier[-HISTORY_TURNS:]))


def intent_of(tracker: Tracker) -> str:
    """The intent of the last message."""
    return str(((tracker.latest_message or {}).get("intent") or {}).get("name") or "")


class AnswerAction(Action):  # type: ignore[misc]  # rasa_sdk carries no types
    """Questions of every kind, and whatever the classifier is unsure about."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        answer = await asyncio.to_thread(self._answerer.answer, question_of(tracker))
        dispatcher.utter_message(json_message={"answer": answer.payload()})
        return []


class FallbackAction(AnswerAction):
    """When no rule applies; taking the message back keeps Rasa from predicting this action ten times."""

    def name(self) -> str:
        return "action_default_fallback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        await super().run(dispatcher, tracker, domain)
        return [UserUtteranceReverted()]


class TicketPendingAction(AnswerAction):
    """Ticket services are not open yet; a message that the sources answer is answered all the same."""

    def name(self) -> str:
        return "action_ticket_pending"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        if await asyncio.to_thread(self._is_question, question_of(tracker).text):
            return await super().run(dispatcher, tracker, domain)
        dispatcher.utter_message(response=f"utter_{intent_of(tracker)}_pending")
        return []

    def _is_question(self, text: str) -> bool:
        looks: Callable[[str], bool] | None = getattr(self._answerer, "looks_like_question", None)
        return looks(text) if looks else False


class HandoffPendingAction(Action):  # type: ignore[misc]
    """The way to a person, as long as there is none here."""

    def name(self) -> str:
        return "action_handoff_pending"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_handoff_pending")
        return []


class FeedbackAction(Action):  # type: ignore[misc]
    """What residents say about an answer."""

    def name(self) -> str:
        return "action_feedback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        verdict = intent_of(tracker).removeprefix("give_")
        dispatcher.utter_message(response=f"utter_{verdict}")
        return []


class SessionStartAction(Action):  # type: ignore[misc]
    """A new session starts empty: nothing of an expired one is carried over."""

    def name(self) -> str:
        return "action_session_start"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return [SessionStarted(), ActionExecuted("action_listen")]


def build_actions(answerer: Answerer) -> list[Any]:
    """Every custom action of ``domain.yml``."""
    return [
        AnswerAction(answerer),
        FallbackAction(answerer),
        TicketPendingAction(answerer),
        HandoffPendingAction(),
        FeedbackAction(),
        SessionStartAction(),
    ]
