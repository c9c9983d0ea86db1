"""The Telegram channel between a fake Bot API and the real gateway, whose Rasa repeats what it was told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from actions.settings import Settings
from bot.channels.telegram.app import create_app
from bot.channels.telegram.tuning import Tuning
from tests.bot.hall import Hall, hall
from tests.fake_telegram import TOKEN, FakeTelegram
from tests.serving import serving

ECHO = '[{"recipient_id": "x", "text": "听到：$MESSAGE"}]'


@pytest.fixture(autouse=True)
def timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the supervisor sets it."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def tuning() -> Tuning:
    """The project's own, but for waits that a test would only sit out."""
    return Tuning(**{**vars(Tuning.load()), "poll_seconds": 1, "news_seconds": 0.2})


@pytest.fixture
def fake() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Any]:
    """Wait for something to become true; say what it was at last."""

    def wait(check: Callable[[], Any], seconds: float = 15) -> Any:
        end = time.monotonic() + seconds
        while not (found := check()):
            assert time.monotonic() < end, f"still {found!r} after {seconds} s"
            time.sleep(0.02)
        return found

    return wait


@pytest.fixture
def place(settings: Settings, answerer: Any, tmp_path: Path, rasa: Any, empty_redis: None) -> Iterator[Hall]:
    """Gateway and service with a desk for operators, on a ledger of the test's own."""
    with hall(settings, answerer, f"sqlite:///{tmp_path / 'ledger.sqlite3'}") as started:
        yield started


@pytest.fixture
def channel_settings(settings: Settings, gateway_url: str, service: str) -> Settings:
    changes = {"telegram_token": TOKEN, "gateway_url": gateway_url, "service_url": service}
    return Settings(_env_file=None, **{**settings.model_dump(exclude_unset=True), **changes})


@pytest.fixture
def start(
    channel_settings: Settings, tuning: Tuning, fake: FakeTelegram, rasa: Any, answerer: Any
) -> Iterator[Callable[..., str]]:
    """Start the channel in this process; returns its address."""
    rasa.mode(body=ECHO)
    with ExitStack() as stack:
        api = stack.enter_context(serving(fake.app))

        def begin(**changes: Any) -> str:
            own = channel_settings.model_copy(update={"telegram_api_url": api, **changes})
            return stack.enter_context(serving(create_app(own, tuning)))

        yield begin
