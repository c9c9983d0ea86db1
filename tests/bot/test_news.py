"""The page's news: whose they are, what it may follow, and what happens when the service is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from actions.app import create_app as create_service
from actions.serving.parts import Parts
from actions.settings import Settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.records import Report
from bot.gateway.app import create_app as create_gateway
from bot.gateway.sessions import Sessions
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import WANG, Hands
from tests.bot.conftest import ShelfAnswerer
from tests.serving import serving


@pytest.fixture
def care(tmp_path: Path) -> Aftercare:
    return make_care(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", Hands())


@pytest.fixture
def gateway(settings: Settings, care: Aftercare, shelf: ShelfAnswerer, empty_redis: None) -> Iterator[str]:
    parts = Parts(shelf, (), {}, office=care.office, care=care)
    with (
        serving(create_service(settings, lambda _: parts)) as service,
        serving(create_gateway(settings.model_copy(update={"service_url": service}))) as url,
    ):
        yield url


@pytest.fixture
def page(gateway: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=gateway, timeout=20) as client:
        yield client


def enter(page: httpx2.Client, settings: Settings) -> str:
    """Begin a session; returns the name under which its tickets are filed."""
    page.post("/api/restart", json={})
    sessions = Sessions(settings.session_secret.get_secret_value(), settings.session_hours, secure=False)
    return sessions.open(page.cookies.get(sessions.cookie)).name


def test_the_page_gets_the_news_of_its_own_session_once(
    page: httpx2.Client, gateway: str, settings: Settings, care: Aftercare
) -> None:
    name = enter(page, settings)
    number = care.office.reception.file(Report(problem="路灯坏了", session=name), "k").number
    care.office.casework.start(number, 2, WANG)
    (news,) = page.get("/api/news").json()["news"]
    assert number in news["text"]
    assert page.get("/api/news", params={"seen": news["id"]}).json() == {"news": []}
    assert page.get("/api/news").json() == {"news": []}
    care.office.casework.close(number, 3, WANG, "已换")
    with httpx2.Client(base_url=gateway) as other:
        assert enter(other, settings) != name
        assert other.get("/api/news", params={"session": name, "channel": "console"}).json() == {"news": []}
    assert len(page.get("/api/news").json()["news"]) == 1


def test_without_a_session_there_is_no_news_and_no_cookie(page: httpx2.Client) -> None:
    response = page.get("/api/news")
    assert (response.json(), "set-cookie" in response.headers) == ({"news": []}, False)


def test_following_a_topic_from_the_page(page: httpx2.Client, settings: Settings, care: Aftercare) -> None:
    enter(page, settings)
    made = page.post("/api/follow", json={"topic": "路灯", "area": "集士港"}).json()
    care.office.reception.file(Report(problem="路灯坏了", place="集士港", session="other"), "k")
    (news,) = page.get("/api/news").json()["news"]
    assert news["stop"]["token"] == made["token"]
    assert page.post("/api/unfollow", json={"token": made["token"]}).json() == {"stopped": True}
    care.office.reception.file(Report(problem="路灯坏了", place="集士港", session="other"), "k2")
    assert page.get("/api/news", params={"seen": news["id"]}).json() == {"news": []}


@pytest.mark.parametrize("body", [{}, {"topic": 1}, {"topic": ""}, {"topic": "长" * 31}, [1]])
def test_a_topic_that_is_none_is_refused_in_words(page: httpx2.Client, body: object) -> None:
    response = page.post("/api/follow", json=body)
    assert response.status_code in (400, 422)
    assert response.json()["error"]["message"]


def test_another_sites_page_can_follow_and_stop_nothing(page: httpx2.Client) -> None:
    for path in ("/api/follow", "/api/unfollow"):
        response = page.post(path, json={"topic": "路灯"}, headers={"Origin": "https://evil.example"})
        assert response.status_code == 403


def test_a_number_that_is_none_is_refused(page: httpx2.Client, settings: Settings) -> None:
    enter(page, settings)
    assert page.get("/api/news", params={"seen": "-1"}).status_code == 422


def test_limits_hold(page: httpx2.Client, settings: Settings) -> None:
    enter(page, settings)
    codes = [page.post("/api/unfollow", json={"token": "x"}).status_code for _ in range(17)]
    assert codes == [200] * settings.rate_posts_per_minute + [429] * (17 - settings.rate_posts_per_minute)
    assert page.get("/api/news").status_code == 200


def test_a_service_that_is_away_is_said_and_nothing_is_lost(settings: Settings, empty_redis: None) -> None:
    away = settings.model_copy(update={"service_url": "http://127.0.0.1:9"})
    with serving(create_gateway(away)) as url, httpx2.Client(base_url=url, timeout=20) as page:
        enter(page, settings)
        for response in (page.get("/api/news"), page.post("/api/follow", json={"topic": "养老"})):
            assert (response.status_code, response.headers["retry-after"]) == (503, "30")
