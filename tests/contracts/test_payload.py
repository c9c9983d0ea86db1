"""The answer on its way through Rasa: what the service packs, the gateway unpacks, and the page reads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from actions.answering.answer import Answer, Citation, Question
from actions.answering.rules import statuses
from actions.dialogue.asking import AnswerAction
from actions.dialogue.desk import DeskHours
from actions.dialogue.front import FrontDesk
from actions.dialogue.people import HandoffAction
from actions.serving.webhook import Webhook
from actions.serving.workers import Workers
from actions.tickets.sealing import Sealer
from bot.gateway.errors import RasaUnavailable
from bot.gateway.replies import from_answer, from_rasa, wants_a_person

Call = Callable[..., tuple[int, dict[str, Any]]]
CITATION = Citation(
    source_id="press-1",
    origin="000.txt",
    title="标题",
    district="海曙",
    published="2021-03-01",
    heading=("一、民生", "养老"),
    quote="累计建成273个",
    start=3,
    end=25,
    passage_id="0123456789abcdef",
    passage_text="累计建成居家养老服务机构273个。",
)
ANSWER = Answer(
    text="273个\n来源：《标题》",
    status="answered",
    citations=(CITATION, replace(CITATION, heading=(), start=30)),
    suggestions=("那2025年呢",),
    ms=12.5,
    trace={"reading": object()},
)


def through_json(answer: Answer) -> Answer:
    return Answer.from_payload(json.loads(json.dumps(answer.payload())))


@pytest.mark.parametrize("answer", [ANSWER, Answer("不知道", "clarify", refused=True)])
def test_what_is_packed_is_what_is_unpacked(answer: Answer) -> None:
    found = through_json(answer)
    assert found == answer
    assert found.trace == {}
    assert found.payload() == answer.payload()


def test_the_payload_has_every_field_but_the_trace() -> None:
    payload = ANSWER.payload()
    assert payload.keys() == {f.name for f in fields(Answer)} - {"trace"}
    assert payload["citations"][0].keys() == {f.name for f in fields(Citation)}


@pytest.mark.parametrize("change", [{"extra": 1}, {"citations": [{"title": "?"}]}, {"status": None}])
def test_a_payload_of_another_shape_is_refused(change: dict[str, Any]) -> None:
    payload = {**ANSWER.payload(), **change}
    if change.get("status", "") is None:
        del payload["status"]
    with pytest.raises((TypeError, KeyError)):
        Answer.from_payload(payload)
    with pytest.raises(RasaUnavailable, match="another shape"):
        from_rasa([{"custom": {"answer": payload}}])


def test_the_gateway_hands_on_all_that_the_service_said() -> None:
    reply = from_rasa([{"recipient_id": "s", "custom": {"answer": ANSWER.payload()}}])
    assert reply == (from_answer(ANSWER),)
    data = reply[0].json()
    assert data["text"] == ANSWER.text
    assert (data["answer"]["status"], data["answer"]["refused"]) == ("answered", False)
    assert data["buttons"] == [{"title": "那2025年呢", "message": "那2025年呢"}]
    for shown, cited in zip(data["answer"]["citations"], ANSWER.citations, strict=True):
        assert shown.pop("url").startswith(f"/sources/press-1?start={cited.start}&end={cited.end}")
        assert Citation(**shown) == cited


class Told:
    """Answers everything with ANSWER and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        return ANSWER

    def looks_like_question(self, text: str) -> bool:
        return False


def front_of(told: Told) -> FrontDesk:
    """The dialogue's parts; nothing is filed here, so the ledger stays out."""
    hours = DeskHours.parse("每天 08:00-20:00")
    return FrontDesk(told, None, Sealer(["k" * 32]), hours)  # type: ignore[arg-type]


def test_the_answer_action_sends_one_message_that_the_gateway_understands(webhook_call: Call) -> None:
    told, workers = Told(), Workers(threads=1, queue=1, seconds=5)
    status, body = webhook_call(Webhook([AnswerAction(front_of(told))], workers), "多少机构")
    workers.close()
    assert status == 200
    assert told.asked == [Question("多少机构", ("养老",))]
    (message,) = body["responses"]
    assert not message.get("text")
    assert from_rasa(json.loads(json.dumps([message]))) == (from_answer(ANSWER),)


def test_a_request_for_a_person_travels_as_an_event(webhook_call: Call) -> None:
    front = replace(front_of(Told()), opening=lambda: "open")
    workers = Workers(threads=1, queue=1, seconds=5)
    call = webhook_call(Webhook([HandoffAction(front)], workers), "人工", "action_handoff")
    workers.close()
    messages = json.loads(json.dumps(call[1]["responses"]))
    assert wants_a_person(messages)
    assert not wants_a_person([{"text": "已为您转人工"}, {"custom": {"handoff": {"state": "refused"}}}])


@pytest.fixture
def webhook_call() -> Call:
    """Calls action_answer as Rasa does after two turns."""

    def call(webhook: Webhook, text: str, action: str = "action_answer") -> tuple[int, dict[str, Any]]:
        events = [
            {"event": "user", "text": "养老", "timestamp": 1},
            {"event": "bot", "text": "…", "timestamp": 2},
            {"event": "user", "text": text, "timestamp": 3},
        ]
        body = {
            "next_action": action,
            "sender_id": "s1",
            "tracker": {
                "sender_id": "s1",
                "slots": {},
                "latest_message": {"text": text, "intent": {"name": "ask_info"}},
                "events": events,
                "paused": False,
                "active_loop": {},
                "latest_action_name": "action_listen",
            },
            "domain": {},
            "version": "3.6.21",
        }
        return asyncio.run(webhook.call(body))

    return call


def test_every_status_travels() -> None:
    for status, entry in statuses().items():
        answer = replace(ANSWER, status=status, refused=entry["refused"])
        assert through_json(answer) == answer
