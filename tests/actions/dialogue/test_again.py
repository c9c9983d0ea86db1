"""A message that the page sends again, because no reply came, counts once: its reply may have got lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue.conversation import heard_before, turns_of
from actions.dialogue.filing import YesAction
from actions.dialogue.front import FrontDesk
from actions.dialogue.intake import ValidateIntakeAction

SAID = {"event": "bot", "text": "在哪里？"}
FAILED = {"event": "bot", "text": "抱歉", "data": {"custom": {"failed": True}}}
LAMP = "我要投诉，路灯坏了"


def user(text: str, id_: str = "") -> dict[str, Any]:
    return {"event": "user", "text": text, "metadata": {"id": id_} if id_ else {}}


def talk(*events: dict[str, Any], slots: dict[str, Any] | None = None) -> Tracker:
    last = [event for event in events if event["event"] == "user"][-1]
    latest = {"text": last["text"], "intent": {"name": "report_issue"}}
    return Tracker("web-1", slots or {}, latest, list(events), False, None, {}, None)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((user(LAMP, "m-1"), SAID, user(LAMP, "m-1")), True),
        ((user(LAMP, "m-1"), SAID, user(LAMP, "m-1"), FAILED, user(LAMP, "m-1")), True),
        ((user(LAMP, "m-1"), FAILED, user(LAMP, "m-1")), False),
        ((user(LAMP, "m-1"), SAID, FAILED, user(LAMP, "m-1")), False),
        ((user(LAMP, "m-1"), SAID, user(LAMP, "m-2")), False),
        ((user(LAMP), SAID, user(LAMP)), False),
        ((user(LAMP, "m-1"), SAID, user("不留", "m-2"), SAID, user(LAMP, "m-1")), False),
        ((user(LAMP, "m-1"),), False),
    ],
)
def test_only_what_took_effect_was_heard_before(events: tuple[dict[str, Any], ...], expected: bool) -> None:
    assert heard_before(talk(*events)) is expected


def test_sent_again_is_no_further_turn() -> None:
    assert turns_of(talk(user("a", "1"), SAID, user("a", "1"), SAID, user("b", "2"))) == 2
    assert turns_of(talk(user("对"), SAID, user("对"))) == 2


def test_what_failed_is_no_turn_but_the_present_one_is() -> None:
    tried = [event for number in "2345" for event in (user("对", number), FAILED)]
    assert turns_of(talk(user("对", "1"), SAID, *tried, user("对", "6"))) == 2
    assert turns_of(talk(user("对", "1"), SAID, user("谢谢", "2"), SAID, *tried, user("对", "6"))) == 3


@pytest.mark.parametrize("between", [FAILED, SAID], ids=["failed", "answered"])
async def test_a_receipt_that_got_lost_is_repeated_however_often_a_yes_failed(
    front: FrontDesk, between: dict[str, Any]
) -> None:
    """As a person in Telegram does it, where each try is a message of its own."""
    told = {"number": "HS-261122-48371", "code": "123456", "department": "", "due": "", "provisional": False}
    tried = [event for number in "2345" for event in (user("对", number), between)]
    slots = {"receipts": {"told": [told], "turn": 1}}
    dispatcher = CollectingDispatcher()
    await YesAction(front).run(
        dispatcher, talk(user("对", "1"), SAID, *tried, user("对", "6"), slots=slots), {}
    )
    repeated = any(message.get("number") == told["number"] for message in dispatcher.messages)
    assert repeated is (between is FAILED)


async def test_a_first_message_sent_again_does_not_become_the_place(front: FrontDesk) -> None:
    dispatcher = CollectingDispatcher()
    slots = {"draft": "d", "problem": "路灯坏了", "requested_slot": "place"}
    action = ValidateIntakeAction(front)
    events = await action.run(dispatcher, talk(user(LAMP, "m-1"), SAID, user(LAMP, "m-1"), slots=slots), {})
    kept = {event["name"]: event["value"] for event in events}
    assert kept == {"draft": "d", "requested_slot": "place"}
    assert dispatcher.messages == []
