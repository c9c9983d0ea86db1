"""Takeover over HTTP: what a resident gets while a person has the word, and what is left when the ledger is away."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
import redis

from actions.conversations.turns import Turns
from actions.settings import Settings
from actions.tickets.errors import LedgerUnusable
from actions.tickets.records import Report
from bot.gateway import conversation_client
from bot.gateway.app import create_app as create_gateway
from tests.actions.conversations.desk_parts import LI, WANG
from tests.bot.conftest import TOKEN, Rasa, ShelfAnswerer
from tests.bot.hall import Hall, ask, hall
from tests.serving import serving

QUEUED = '[{"text": "好，帮您找人工坐席。"}, {"custom": {"handoff": {"state": "queued"}}}]'


@pytest.fixture
def place(
    settings: Settings, answerer: ShelfAnswerer, tmp_path: Path, rasa: Rasa, empty_redis: None
) -> Iterator[Hall]:
    with hall(settings, answerer, f"sqlite:///{tmp_path / 'ledger.sqlite3'}") as started:
        yield started


@pytest.fixture
def page(place: Hall) -> Iterator[httpx2.Client]:
    with place.page() as client:
        yield client


def took(place: Hall, page: httpx2.Client) -> str:
    """A conversation that 王 has taken over."""
    ask(page, "你好")
    name = place.conversation(page)
    assert place.act(WANG, name, "claim").status_code == 200
    return name


def speakers(place: Hall, name: str) -> list[str]:
    return [one.speaker for one in place.room.inbox.show(name)[1]]


def test_as_long_as_the_bot_answers_there_is_no_desk(place: Hall, page: httpx2.Client) -> None:
    assert ask(page, "你好").json() == {"replies": [{"text": "您好"}]}
    assert page.get("/api/news").json() == {"news": []}
    assert speakers(place, place.conversation(page)) == ["resident", "bot"]


def test_a_request_for_a_person_is_an_event_and_gives_a_place(
    place: Hall, page: httpx2.Client, rasa: Rasa
) -> None:
    with place.page() as other:
        rasa.mode(body=QUEUED)
        first, second = ask(other, "人工").json(), ask(page, "人工").json()
        assert first["desk"] == {"state": "waiting", "ahead": 0}
        assert second["desk"] == {"state": "waiting", "ahead": 1}
        assert second["replies"][1] == {
            "text": "已经替您排上队，前面还有1位。坐席接入时会告诉您。",
            "notice": "desk",
        }
        place.act(WANG, place.conversation(other), "claim")
        assert page.get("/api/news").json()["desk"] == {"state": "waiting", "ahead": 0}


def test_the_words_of_the_request_alone_queue_nobody(place: Hall, page: httpx2.Client, rasa: Rasa) -> None:
    rasa.mode(body='[{"text": "已为您转人工，请稍等"}]')
    assert "desk" not in ask(page, "转人工转人工人工").json()


def test_to_a_person_the_bot_is_silent(place: Hall, page: httpx2.Client, rasa: Rasa) -> None:
    name = took(place, page)
    rasa.mode(body='[{"text": "机器人说"}]')
    body = ask(page, "我家的事").json()
    assert body == {"replies": [], "desk": {"state": "human", "operator": "王"}}
    assert rasa.seen() == []
    place.act(WANG, name, "say", text="我是坐席", key="s1")
    news = page.get("/api/news").json()
    assert news["desk"] == {"state": "human", "operator": "王"}
    assert (news["news"][-1]["text"], news["news"][-1]["speaker"]) == (
        "我是坐席",
        {"kind": "operator", "name": "王"},
    )
    place.act(WANG, name, "release")
    assert ask(page, "还有").json() == {"replies": [{"text": "机器人说"}]}


def test_taken_over_while_the_bot_composes(place: Hall, page: httpx2.Client, rasa: Rasa) -> None:
    ask(page, "你好")
    name = place.conversation(page)
    rasa.mode(body='[{"text": "机器人说"}]', seconds=0.6)
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(ask, page, "我家的事")
        while len(rasa.seen()) < 1:
            pass
        place.act(WANG, name, "claim")
        body = answer.result().json()
    assert body == {"replies": [], "desk": {"state": "human", "operator": "王"}}
    held = place.room.inbox.show(name)[1]
    assert [one.text for one in held if one.withheld] == ["机器人说"]


def test_danger_is_answered_whoever_has_the_word(place: Hall, page: httpx2.Client) -> None:
    took(place, page)
    body = ask(page, "我家着火了").json()
    assert body["replies"][0]["notice"] == "danger"
    assert all(number in body["replies"][0]["text"] for number in ("119", "120", "110"))


def test_other_channels_carry_the_same(place: Hall) -> None:
    client = httpx2.Client(base_url=place.gateway, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)

    def say(text: str, id_: str) -> dict:
        letter = {"user": "u1", "number": 7, "message": text, "id": id_}
        return client.post("/channels/telegram", json=letter).json()

    with client:
        say("你好", "m1")
        (line,) = place.room.inbox.list("all", "")
        place.act(LI, line.conversation.id, "claim")
        assert say("在吗", "m2") == {"replies": [], "desk": {"state": "human", "operator": "李"}}
        place.act(LI, line.conversation.id, "say", text="在", key="s1")
        (letter,) = place.care.delivery.claim("telegram")
        assert letter.session == "telegram-u1"


def test_another_conversation_ends_the_operators(place: Hall, page: httpx2.Client) -> None:
    name = took(place, page)
    page.post("/api/restart", json={})
    assert place.act(WANG, name, "say", text="还在吗", key="s1").status_code == 409
    assert "desk" not in ask(page, "你好").json()


def test_a_ledger_that_cannot_be_asked_leaves_the_chat_as_it_was(
    settings: Settings, empty_redis: None, rasa: Rasa
) -> None:
    away = settings.model_copy(update={"service_url": "http://127.0.0.1:9"})
    with serving(create_gateway(away)) as url, httpx2.Client(base_url=url, timeout=20) as page:
        assert ask(page, "你好").json() == {"replies": [{"text": "您好"}]}
        rasa.mode(body=QUEUED)
        body = ask(page, "人工")
        assert (body.status_code, body.json()["replies"][0]["notice"]) == (503, "apology")


def test_while_a_person_had_the_word_the_bot_stays_silent_without_a_ledger_too(
    place: Hall, page: httpx2.Client, settings: Settings
) -> None:
    took(place, page)
    ask(page, "在吗")
    away = settings.model_copy(update={"service_url": "http://127.0.0.1:9"})
    with serving(create_gateway(away)) as url:
        cookies = dict(page.cookies)
        body = httpx2.post(f"{url}/api/chat", json={"message": "喂"}, cookies=cookies, timeout=20)
    assert (body.status_code, body.json()["replies"][0]["notice"]) == (503, "apology")


def test_forgetting_leaves_nothing_of_what_was_said(
    place: Hall, page: httpx2.Client, redis_url: str, settings: Settings
) -> None:
    care, said = place.care, "我的秘密"
    ask(page, said, "m1")
    first = place.conversation(page)
    page.post("/api/restart", json={})
    ask(page, said, "m2")
    second = place.conversation(page)
    session = place.room.inbox.show(second)[0].session
    number = care.office.reception.file(Report(problem="路灯坏了", session=session), "k").number
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        for name in (first, second):
            client.set(f"rasa:tracker:{name}", said)
            client.set(f"rasa:lock:{name}:next", 3)
        client.set("rasa:tracker:web-other", "x")
        client.set("kept:web-other:m1", "x")
        body = page.post("/api/forget", json={}).json()
        left = [key for key in client.scan_iter("*") if first in key or second in key]
        assert (left, client.exists("rasa:tracker:web-other", "kept:web-other:m1")) == ([], 2)
    assert body["forgotten"] is True
    assert "81890" in body["replies"][0]["text"]
    texts = [one.text for name in (first, second) for one in place.room.inbox.show(name)[1]]
    assert set(texts) == {""}
    assert page.get("/api/history").json() == {"turns": []}
    assert place.conversation(page) not in (first, second)
    assert care.office.reception.of_session(session)[0].number == number
    assert ask(page, "你好").json() == {"replies": [{"text": "您好"}]}


def test_who_may_not_forget(place: Hall, page: httpx2.Client) -> None:
    ask(page, "你好")
    assert page.post("/api/forget", json={}, headers={"Origin": "https://evil.example"}).status_code == 403
    letter = {"user": "u1", "number": 7}
    assert page.post("/channels/telegram/forget", json=letter).status_code == 404
    headers = {"Authorization": f"Bearer {TOKEN}"}
    done = page.post("/channels/telegram/forget", json=letter, headers=headers)
    assert (done.status_code, done.json()["forgotten"]) == (200, True)
    assert page.post("/channels/telegram/forget", json={}, headers=headers).status_code == 422


@pytest.mark.parametrize("down", ["service_url", "redis_url"])
def test_what_was_not_erased_is_not_called_so(
    place: Hall, page: httpx2.Client, settings: Settings, down: str
) -> None:
    ask(page, "你好")
    dead = {"service_url": place.service, down: f"{'redis' if down == 'redis_url' else 'http'}://127.0.0.1:9"}
    with serving(create_gateway(settings.model_copy(update=dead))) as url:
        body = httpx2.post(f"{url}/api/forget", json={}, cookies=dict(page.cookies), timeout=20)
    assert (body.status_code, body.json()["forgotten"]) == (503, False)
    assert json.dumps(body.json(), ensure_ascii=False).count("81890") == 1


def test_an_unproved_number_needs_a_second_word(place: Hall, page: httpx2.Client) -> None:
    name = took(place, page)
    refused = place.act(WANG, name, "say", text="要交300元", key="s1", confirmed=False)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "unproved")
    assert "300" in refused.json()["error"]["message"]
    assert place.act(WANG, name, "say", text="要交300元", key="s1").status_code == 200
    assert place.act(WANG, name, "say", text="好的", key="s2", confirmed=False).status_code == 200


@pytest.mark.parametrize(("taken", "status"), [(False, 200), (True, 503)])
def test_a_full_ledger_lets_the_bot_speak_where_no_person_does(
    place: Hall, page: httpx2.Client, monkeypatch: pytest.MonkeyPatch, taken: bool, status: int
) -> None:
    ask(page, "你好")
    if taken:
        took(place, page)

    def full(*_: object) -> None:
        raise LedgerUnusable("disk full")

    monkeypatch.setattr(Turns, "open", full)
    monkeypatch.setattr(Turns, "commit", full)
    assert ask(page, "在吗").status_code == status


def test_a_slow_ledger_sends_nothing_that_it_may_have_withheld(
    place: Hall, page: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(page, "你好")
    monkeypatch.setattr(conversation_client, "_COMMIT_SECONDS", 0.2)
    commit = Turns.commit

    def slowly(*given: Any) -> Any:
        time.sleep(0.6)
        return commit(*given)

    monkeypatch.setattr(Turns, "commit", slowly)
    refused = ask(page, "在吗", "m1")
    assert (refused.status_code, refused.json()["replies"][0]["notice"]) == (503, "apology")
    monkeypatch.setattr(Turns, "commit", commit)
    assert ask(page, "在吗", "m1").json() == {"replies": [{"text": "您好"}]}
    assert speakers(place, place.conversation(page)).count("bot") == 2
