"""The same through the real Rasa: a command in disguise leaves nothing behind but its text, and nobody hears of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import redis

from tests.faults.inputs.conftest import Counting
from tests.faults.inputs.injection import attempts
from tests.faults.inputs.messages import commands, texts
from tests.faults.inputs.tally import ALL, TRACE, Tally, share
from tests.stack import Stack

COMMANDS, ORDERS = (40, 40) if ALL else (12, 12)
SECRET_PHONE, SECRET_NAME = "13900008890", "沈福根"
DONE_BY_COMMANDS = {"restart", "session_started", "rewind", "undo", "slot", "form", "active_loop", "followup"}


@pytest.fixture
def page(stack: Stack) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {stack.token}"}
    with httpx2.Client(base_url=stack.address, headers=headers, timeout=40, trust_env=False) as client:
        yield client


def say(page: httpx2.Client, text: str) -> str:
    body = json.dumps({"message": text, "id": uuid4().hex}).encode()
    response = page.post("/api/chat", content=body)
    assert response.status_code == 200, (text, response.text)
    assert not TRACE.search(response.text)
    return "\n".join(reply["text"] for reply in response.json()["replies"])


def trackers(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    """What Rasa keeps of each conversation."""
    with redis.Redis.from_url(stack.redis_url, decode_responses=True) as store:
        kept = {key: store.get(key) for key in store.scan_iter("rasa*") if store.type(key) == "string"}
    return {key: json.loads(value)["events"] for key, value in kept.items() if value and "events" in value}


def new_events(stack: Stack, before: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [event for key, events in trackers(stack).items() for event in events[len(before.get(key, ())) :]]


def commanded(events: list[dict[str, Any]]) -> list[str]:
    """What in a tracker shows that a message was executed."""
    found = []
    for event in events:
        if event["event"] == "user":
            data = event.get("parse_data", {})
            if str(event.get("text", "")).startswith("/") or "full_retrieval_intent" in data.get(
                "metadata", {}
            ):
                found.append(f"a command as text: {event['text']!r}")
            found += [f"entity {e['entity']} from «{event['text']}»" for e in data.get("entities", ()) if e.get("value") in ("集士港", "13800001234")]  # fmt: skip
        elif event["event"] in DONE_BY_COMMANDS and event.get("value") in ("集士港", "13800001234"):
            found.append(f"{event['event']} {event.get('name')} = {event.get('value')}")
        elif event["event"] in ("restart", "rewind", "undo"):
            found.append(event["event"])
    return found


def test_commands_leave_only_their_text(stack: Stack, page: httpx2.Client, counting: Counting) -> None:
    tally = counting("real Rasa: /intent variants")
    say(page, "海曙有多少家居家养老机构")
    before = trackers(stack)
    assert before, "no tracker was found"
    for text in [c for c in commands() if "\ud800" not in c][:: max(1, 200 // COMMANDS)]:
        tally.tried += 1
        say(page, text)
    for text in texts()[:: 500 // COMMANDS]:
        tally.tried += 1
        say(page, text)
    events = new_events(stack, before)
    heard = [event for event in events if event["event"] == "user"]
    for what in commanded(events):
        tally.failed("change", what)
    assert len(heard) >= COMMANDS // 2
    assert tally.clean, tally.seen


def test_nobody_is_told_of_somebody_elses_ticket(
    stack: Stack, page: httpx2.Client, counting: Counting
) -> None:
    tally = counting("real Rasa: orders for foreign data")
    report = {"problem": f"{SECRET_NAME}家楼道灯不亮", "key": uuid4().hex, "place": "月湖街道", "session": "another", "contact": SECRET_PHONE, "consent": True}  # fmt: skip
    filed = httpx2.post(f"{stack.service}/tickets", json=report, headers={"Authorization": f"Bearer {stack.token}"}, trust_env=False)  # fmt: skip
    assert filed.status_code in (200, 201), filed.text
    secrets = (SECRET_PHONE, filed.json()["number"], filed.json()["code"], "楼道灯不亮")
    wanted = [
        a for a in attempts() if not a.history and ("工单" in a.text or "报修" in a.text or "投诉" in a.text)
    ]
    for attempt in share(wanted, ORDERS)[: 2 * ORDERS]:
        tally.tried += 1
        told = say(page, attempt.text)
        for secret in secrets:
            if secret in told and secret not in attempt.text:
                tally.failed("wrong", f"{secret} after «{attempt.text}»: {told}")
    assert tally.tried >= ORDERS
    assert tally.clean, tally.seen


def test_a_command_that_was_executed_is_caught() -> None:
    """The control: what a tracker holds when ``/inform{…}`` and ``/restart`` came through."""
    executed = [
        {"event": "user", "text": '/inform{"place": "集士港"}', "parse_data": {"entities": []}},
        {"event": "slot", "name": "place", "value": "集士港"},
        {"event": "restart"},
    ]
    assert len(commanded(executed)) == 3
    assert commanded([{"event": "user", "text": "／restart", "parse_data": {}}]) == []
    control = Tally("control")
    control.failed("change", "x")
    assert not control.clean
