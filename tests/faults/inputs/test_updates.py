"""Odd updates and letters: taken or turned away at the door, worked off, and nothing is given up half-way."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
import redis

from actions.settings import Settings
from bot.channels.telegram.app import create_app as create_telegram
from bot.channels.telegram.tuning import Tuning
from bot.channels.wechat.app import create_app as create_wechat
from bot.channels.wechat.tuning import Tuning as WeChatTuning
from tests import fake_telegram, fake_wechat
from tests.faults.inputs.conftest import Counting
from tests.faults.inputs.letters import BODIES, letters
from tests.faults.inputs.messages import lengths
from tests.faults.inputs.tally import SECONDS, Tally, share, tell
from tests.faults.inputs.town import Town
from tests.faults.inputs.updates import COUNT, ill_numbered, updates
from tests.serving import serving

PUSHED = "secret-of-pushes-0123456789-abcdefgh"
Open = Callable[[Settings], str]
QUIET = 10  # looks in a row that find nothing


@pytest.fixture
def opened(place: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str, fake_wechat.FakeWeChat]]:
    """The addresses of both channels, whose platforms are fakes."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    place.listen()
    telegram, wechat = fake_telegram.FakeTelegram(), fake_wechat.FakeWeChat()
    with ExitStack() as stack:
        api, cgi = (stack.enter_context(serving(fake.app)) for fake in (telegram, wechat))
        changes = {
            **{"telegram_token": fake_telegram.TOKEN, "telegram_api_url": api, "telegram_webhook_url": "https://x.example"},
            **{"telegram_webhook_secret": PUSHED, "wechat_token": fake_wechat.TOKEN, "wechat_appid": fake_wechat.APPID},
            **{"wechat_secret": fake_wechat.SECRET, "wechat_api_url": cgi, "gateway_url": place.gateway},
        }  # fmt: skip
        own = Settings(_env_file=None, **{**place.settings.model_dump(exclude_unset=True), **changes})
        quick = Tuning(**{**vars(Tuning.load()), "news_seconds": 5.0, "desk_seconds": 5})
        first = stack.enter_context(serving(create_telegram(own, quick)))
        calm = WeChatTuning(**{**vars(WeChatTuning.load()), "news_seconds": 5.0})
        yield first, stack.enter_context(serving(create_wechat(own, calm))), wechat


def worked_off(place: Town, stream: str, seconds: float = 120) -> int:
    """Wait until nothing waits in a spool; how much is left."""
    end = time.monotonic() + seconds
    with redis.Redis.from_url(place.settings.redis_address()) as client:
        quiet = left = 0
        while (
            time.monotonic() < end and quiet < QUIET
        ):  # what moves from one to the other is in neither for a moment
            time.sleep(0.1)
            left = int(client.xlen(stream)) + int(client.zcard("tg:held"))
            quiet = 0 if left else quiet + 1
        return left


def given_up(caplog: pytest.LogCaptureFixture, tally: Tally) -> None:
    """What the log calls a defect of ours."""
    for record in caplog.records:
        if record.name.startswith(("bot.", "actions.")) and record.levelno >= logging.ERROR:
            tally.failed("crash", record.getMessage())


def push(url: str, update: Any) -> httpx2.Response:
    return httpx2.post(
        f"{url}/telegram",
        content=fake_telegram.json.dumps(update).encode(),
        headers={"x-telegram-bot-api-secret-token": PUSHED},
        timeout=SECONDS + 3,
        trust_env=False,
    )


def test_five_hundred_updates(
    place: Town, opened: tuple[str, Any, Any], counting: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    url, tally, every = opened[0], counting("Telegram updates"), updates()
    caplog.set_level("ERROR")
    assert len(every) == COUNT
    for update in share(every, 200):
        response = tell(tally, lambda u=update: push(url, u), str(update)[:200])
        if response is not None and response.status_code != 200:
            tally.failed("wrong", f"{response.status_code} for {update}")
    for nothing in ill_numbered():
        response = tell(tally, lambda n=nothing: push(url, n), str(nothing)[:80])
        if response is not None and not 400 <= response.status_code < 500:
            tally.failed("wrong", f"{response.status_code} for {nothing}")
    if left := worked_off(place, "tg:in"):
        tally.failed("hang", f"{left} updates wait")
    given_up(caplog, tally)
    if httpx2.get(f"{url}/healthz", trust_env=False).status_code != 200:
        tally.failed("crash", "the channel is down")
    assert tally.tried >= 200
    assert tally.clean, tally.seen


def test_two_hundred_letters(
    place: Town, opened: tuple[str, str, Any], counting: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    _, url, fake = opened
    tally, every = counting("WeChat letters"), letters()
    caplog.set_level("ERROR")
    for number, body in enumerate(every):
        _, query = fake.signed({})
        response = tell(tally, lambda q=query, b=body: httpx2.post(f"{url}/wechat", params=q, content=b, timeout=SECONDS + 3, trust_env=False), f"letter {number} {body[:200]!r}")  # fmt: skip
        if response is not None and response.status_code not in (200, 403, 413):
            tally.failed("wrong", f"{response.status_code} for {body[:200]!r}")
    if left := worked_off(place, "wx:in"):
        tally.failed("hang", f"{left} letters wait")
    given_up(caplog, tally)
    assert tally.tried == 200 > len(BODIES)
    assert tally.clean, tally.seen


def test_every_length_on_every_channel(
    place: Town, opened: tuple[str, str, Any], counting: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    telegram, wechat, fake = opened
    tally = counting("lengths")
    caplog.set_level("ERROR")
    http = httpx2.Client(timeout=SECONDS + 3, trust_env=False)

    def letter_of(number: int, text: str) -> httpx2.Response:
        body, query = fake.signed(fake_wechat.text(90_000 + number, "oLong", text))
        return http.post(f"{wechat}/wechat", params=query, content=body)

    def filed(text: str) -> httpx2.Response:
        form = {
            "api_key": "city-app-key-0123456789",
            "service_code": "road",
            "address_string": "月湖",
            "description": text,
        }
        return http.post(f"{place.gateway}/open311/v2/requests.json", data=form)  # fmt: skip

    for number, (length, text) in enumerate(lengths()):
        ways: dict[str, Callable[[], httpx2.Response]] = {
            "web": lambda t=text: http.post(f"{place.gateway}/api/chat", json={"message": t}),
            "Telegram": lambda t=text, n=number: push(telegram, fake_telegram.message(80_000 + n, 80_000 + n, t)),
            "WeChat": lambda t=text, n=number: letter_of(n, t),
            "Open311": lambda t=text: filed(t),
            "service": lambda t=text: http.post(f"{place.service}/answer", json={"text": t}, headers=place.trusted),
        }  # fmt: skip
        for name, call in ways.items():
            response = tell(tally, call, f"{length} on {name}")
            if response is not None and response.status_code == 200 and not response.content:
                tally.failed("wrong", f"{length} on {name}: an empty reply")
    http.close()
    if left := worked_off(place, "tg:in") + worked_off(place, "wx:in"):
        tally.failed("hang", f"{left} wait")
    given_up(caplog, tally)
    assert tally.tried == 30
    assert tally.clean, tally.seen
