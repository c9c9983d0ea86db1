"""What a session may see again and say about answers: its own, once, and nothing after it was dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import redis
import yaml
from fastapi.routing import APIRoute
from sqlalchemy import select

from actions.app import create_app as create_service
from actions.feedback.opinions import Opinions
from actions.feedback.tables import answer_feedback
from actions.serving.parts import Parts
from actions.settings import ROOT, Settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.records import Report
from actions.tickets.states import load_states
from bot.gateway.app import create_app as create_gateway
from bot.gateway.mine import Mine, card
from bot.gateway.news import News
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import WANG, Hands
from tests.bot.conftest import Rasa, ShelfAnswerer
from tests.bot.test_news import enter
from tests.serving import serving

PHONE = "13800001234"


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def care(tmp_path: Path, hands: Hands) -> Aftercare:
    return make_care(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", hands)


@pytest.fixture
def gateway_url(
    settings: Settings, care: Aftercare, hands: Hands, answerer: ShelfAnswerer, rasa: Rasa, empty_redis: None
) -> Iterator[str]:
    opinions = Opinions(care.office.store, hands)
    parts = Parts(answerer, (), {}, office=care.office, care=care, opinions=opinions)
    with (
        serving(create_service(settings, lambda _: parts)) as service,
        serving(create_gateway(settings.model_copy(update={"service_url": service}))) as url,
    ):
        yield url


@pytest.fixture
def page(gateway_url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=gateway_url, timeout=20) as client:
        yield client


@pytest.fixture
def answered(page: httpx2.Client, rasa: Rasa) -> dict[str, object]:
    """One answer with its source, as the page got it."""
    rasa.mode(body="[]")  # the service answers by itself
    return dict(page.post("/api/chat", json={"message": "有多少机构", "id": "one"}).json())


def turns(page: httpx2.Client) -> list[dict[str, object]]:
    response = page.get("/api/history")
    assert response.status_code == 200
    return list(response.json()["turns"])


def test_what_was_said_is_shown_again_as_it_was(page: httpx2.Client, answered: dict[str, object]) -> None:
    (turn,) = turns(page)
    assert (turn["id"], turn["said"], turn["replies"]) == ("one", "有多少机构", answered["replies"])
    page.post("/api/chat", json={"message": "有多少机构", "id": "one"})
    assert len(turns(page)) == 1


def test_only_masked_words_and_those_sealed_are_kept(
    page: httpx2.Client, rasa: Rasa, settings: Settings
) -> None:
    page.post("/api/chat", json={"message": f"秘密词 {PHONE}", "id": "a"})
    (turn,) = turns(page)
    assert "秘密词" in str(turn["said"])
    assert PHONE not in str(turn)
    assert turn["masked"] is True
    with redis.Redis.from_url(settings.redis_url, decode_responses=True) as client:
        (key,) = client.keys("turns:shown:*")
        assert "秘密词" not in str(client.lrange(key, 0, -1))
        assert 0 < client.ttl(key) <= settings.session_hours * 3600


def test_another_browser_sees_nothing(gateway_url: str, answered: dict[str, object]) -> None:
    with httpx2.Client(base_url=gateway_url) as other:
        for path, name in (("/api/history", "turns"), ("/api/tickets", "tickets")):
            response = other.get(path)
            assert (response.json(), "set-cookie" in response.headers) == ({name: []}, False)


def test_a_new_conversation_begins_empty_and_keeps_nothing(
    page: httpx2.Client, answered: dict[str, object], settings: Settings
) -> None:
    page.post("/api/feedback", json={"id": "one", "useful": True})
    page.post("/api/restart", json={})
    assert turns(page) == []
    with redis.Redis.from_url(settings.redis_url, decode_responses=True) as client:
        assert client.keys("turns:shown:*") + client.keys("turns:rated:*") == []


def test_what_may_still_succeed_is_not_in_the_history(page: httpx2.Client, rasa: Rasa) -> None:
    rasa.mode(body="[]")
    failed = page.post("/api/chat", json={"message": "坏掉", "id": "b"})
    assert failed.status_code == 503
    assert turns(page) == []


def test_news_that_was_shown_is_shown_again_once(
    page: httpx2.Client, settings: Settings, care: Aftercare
) -> None:
    number = care.office.reception.file(Report(problem="路灯坏了", session=enter(page, settings)), "k").number
    care.office.casework.start(number, 2, WANG)
    for _ in range(2):  # not yet reported as shown: it comes again
        (news,) = page.get("/api/news").json()["news"]
    (turn,) = turns(page)
    assert (turn["id"], turn["letter"]) == (f"news-{news['id']}", news)


def test_an_answer_is_rated_once_with_the_words_that_were_said(
    page: httpx2.Client, answered: dict[str, object], care: Aftercare
) -> None:
    for useful in (False, True):
        reply = page.post("/api/feedback", json={"id": "one", "useful": useful, "question": "别的"})
        assert (reply.status_code, reply.json()) == (200, {"useful": False})
    with care.office.store.reading() as connection:
        row = connection.execute(select(answer_feedback)).one()
    assert (row.question, row.answer, row.status) == ("有多少机构", "273个。", "answered")
    assert (row.channel, row.sources, row.useful) == ("web", '["press-1"]', False)
    assert turns(page)[0]["rated"] is True


def test_what_was_not_answered_here_cannot_be_rated(
    page: httpx2.Client, gateway_url: str, answered: dict[str, object], rasa: Rasa
) -> None:
    rasa.mode(body='[{"text": "您好"}]')
    page.post("/api/chat", json={"message": "你好", "id": "two"})
    with httpx2.Client(base_url=gateway_url) as other:
        for client, id_ in ((page, "none"), (page, "two"), (other, "one")):
            reply = client.post("/api/feedback", json={"id": id_, "useful": True})
            assert (reply.status_code, reply.json()["error"]["code"]) == (404, "answer_unknown")
    foreign = page.post(
        "/api/feedback", json={"id": "one", "useful": True}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403


@pytest.mark.parametrize("body", [{}, {"id": 1, "useful": True}, {"id": "one", "useful": "yes"}, [1]])
def test_another_shape_is_refused_in_words(page: httpx2.Client, body: object) -> None:
    reply = page.post("/api/feedback", json=body)
    assert reply.status_code in (400, 422)
    assert reply.json()["error"]["message"]


def test_the_tickets_of_the_session_with_what_may_be_done(
    page: httpx2.Client, settings: Settings, care: Aftercare, hands: Hands
) -> None:
    office, name = care.office, enter(page, settings)
    number = office.reception.file(Report(problem="路灯坏了", place="集士港", session=name), "k").number
    office.reception.file(Report(problem="别人的", session="other"), "k2")
    (ticket,) = page.get("/api/tickets").json()["tickets"]
    assert (ticket["number"], ticket["problem"], ticket["open"]) == (number, "路灯坏了", True)
    assert ticket["can"] == ["urge", "withdraw"]
    assert not {"code", "contact", "session", "lat"} & set(ticket)
    office.casework.start(number, 2, WANG)
    office.casework.close(number, 3, WANG, "修好了")
    hands.move(minutes=1)
    (ticket,) = page.get("/api/tickets").json()["tickets"]
    assert (ticket["state"], ticket["reply"], ticket["can"]) == ("已办结", "修好了", ["rate"])


def test_every_state_has_a_card() -> None:
    ticket = dict.fromkeys(("number", "category", "department", "problem", "place", "reply"), "x")
    times = {"created": "x", "due": "x", "updated": None, "provisional": False, "urged": 0}
    for state, entry in load_states().states.items():
        shown = card({**ticket, **times, "state": state})
        assert ("urge" in shown["can"]) == entry.open


def test_a_service_that_is_away_is_said(settings: Settings, rasa: Rasa, empty_redis: None) -> None:
    away = settings.model_copy(update={"service_url": "http://127.0.0.1:9"})
    with serving(create_gateway(away)) as url, httpx2.Client(base_url=url, timeout=20) as page:
        enter(page, settings)
        response = page.get("/api/tickets")
        assert (response.status_code, response.headers["retry-after"]) == (503, "30")
        assert page.get("/api/history").json() == {"turns": []}


def test_the_document_is_the_routes() -> None:
    document = yaml.safe_load((ROOT / "docs" / "openapi" / "page.yml").read_text("utf-8"))
    makers: tuple[Any, ...] = (Mine, News)
    routes = [route for maker in makers for route in maker.__new__(maker).router().routes]
    written = {(method.upper(), path) for path, entry in document["paths"].items() for method in entry}
    assert written == {(m, r.path) for r in routes if isinstance(r, APIRoute) for m in r.methods}
