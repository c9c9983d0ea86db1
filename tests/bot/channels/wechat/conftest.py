"""The 公众号 between a fake platform and the real gateway, with a real Valkey behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from actions.settings import Settings
from bot.channels.wechat.app import create_app
from bot.channels.wechat.tuning import Tuning
from tests.bot.channels.conftest import ECHO
from tests.fake_wechat import AES_KEY, APPID, SECRET, TOKEN, FakeWeChat
from tests.serving import serving

ME = "oReader-1"
Start = Callable[..., str]
Until = Callable[..., Any]


@pytest.fixture(params=[False, True], ids=["plain", "safe"])
def mode(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def fake() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def tuning() -> Tuning:
    """The project's own, but for waits that a test would only sit out."""
    return Tuning(**{**vars(Tuning.load()), "news_seconds": 0.5, "first_wait": 0.05})


@pytest.fixture
def start(
    settings: Settings,
    gateway_url: str,
    service: str,
    tuning: Tuning,
    fake: FakeWeChat,
    rasa: Any,
    answerer: Any,
) -> Iterator[Start]:
    """Start the channel in this process; returns its address."""
    rasa.mode(body=ECHO)
    with ExitStack() as stack:
        api = stack.enter_context(serving(fake.app))

        def begin(own: Tuning = tuning, **changes: Any) -> str:
            account = {
                "wechat_token": TOKEN,
                "wechat_appid": APPID,
                "wechat_secret": SECRET,
                "wechat_aes_key": AES_KEY if fake.aes else "",
                "wechat_api_url": api,
                "gateway_url": gateway_url,
                "service_url": service,
            }
            made = Settings(_env_file=None, **{**settings.model_dump(exclude_unset=True), **account})
            return stack.enter_context(serving(create_app(made.model_copy(update=changes), own)))

        yield begin


def slow(tuning: Tuning, seconds: float = 0.3) -> Tuning:
    return Tuning(**{**vars(tuning), "passive_seconds": seconds})
