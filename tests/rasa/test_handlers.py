"""The actions on trackers as Rasa sends them."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering.answer import Answer
from actions.handlers import build_actions, question_of
from tests.rasa.conftest import TinyAnswerer


def tracker(*turns: str, intent: str = "ask_info", between: tuple[dict[str, Any], ...] = ()) -> Tracker:
    events: list[dict[str, Any]] = [{"event": "session_started"}]
    for turn in turns[:-1]:
        events += [{"event": "user", "text": turn}, {"event": "bot", "text": "好"}]
    events += [*between, {"event": "user", "text": turns[-1]}]
    latest = {"text": turns[-1], "intent": {"name": intent}}
    return Tracker("web-1", {}, latest, events, False, None, {}, None)


async def run(answerer: TinyAnswerer, name: str, state: Tracker) -> tuple[list[dict[str, Any]], list[Any]]:
    action = next(action for action in build_actions(answerer) if action.name() == name)
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, state, {})
    if not isinstance(events, list):
        events = await events
    return dispatcher.messages, events


def test_history_is_the_six_turns_before_oldest_first() -> None:
    question = question_of(tracker(*"abcdefgh"))
    assert (question.text, question.history) == ("h", tuple("bcdefg"))


def test_button_payloads_are_no_turns() -> None:
    assert question_of(tracker("养老", "/greet", "那2025年呢")).history == ("养老",)


@pytest.mark.parametrize("kind", ["restart", "session_started"])
def test_a_new_session_forgets_the_old_one(kind: str) -> None:
    assert question_of(tracker("养老", "那2025年呢", between=({"event": kind},))).history == ()


async def test_an_answer_is_one_custom_message_without_text() -> None:
    answerer = TinyAnswerer()
    (message,), events = await run(answerer, "action_answer", tracker("养老", "那2025年呢"))
    assert Answer.from_payload(message["custom"]["answer"]).status == "refused_not_in_sources"
    assert not message.get("text")
    assert events == []
    assert answerer.asked[0].history == ("养老",)


async def test_the_fallback_answers_and_takes_the_message_back() -> None:
    (message,), events = await run(TinyAnswerer(), "action_default_fallback", tracker("？"))
    assert "answer" in message["custom"]
    assert [event["event"] for event in events] == ["rewind"]


@pytest.mark.parametrize("intent", ["report_issue", "check_ticket", "urge_ticket", "withdraw_ticket"])
async def test_a_ticket_message_gets_the_wording_of_its_service(intent: str) -> None:
    (message,), _ = await run(TinyAnswerer(), "action_ticket_pending", tracker("路灯坏了", intent=intent))
    assert message["response"] == f"utter_{intent}_pending"


async def test_a_ticket_message_that_is_a_question_is_answered() -> None:
    answerer = TinyAnswerer()
    answerer.questions = {"投诉几天办结"}
    (message,), _ = await run(
        answerer, "action_ticket_pending", tracker("投诉几天办结", intent="check_ticket")
    )
    assert "answer" in message["custom"]


@pytest.mark.parametrize("verdict", ["good", "bad"])
async def test_feedback_gets_the_wording_of_its_kind(verdict: str) -> None:
    state = tracker("嗯", intent=f"give_feedback_{verdict}")
    (message,), _ = await run(TinyAnswerer(), "action_feedback", state)
    assert message["response"] == f"utter_feedback_{verdict}"


async def test_a_session_starts_empty() -> None:
    messages, events = await run(TinyAnswerer(), "action_session_start", tracker("你好"))
    assert messages == []
    assert [event["event"] for event in events] == ["session_started", "action"]


async def test_a_failing_pipeline_is_not_hidden() -> None:
    answerer = TinyAnswerer()
    answerer.broken = True
    with pytest.raises(RuntimeError):
        await run(answerer, "action_answer", tracker("养老"))
