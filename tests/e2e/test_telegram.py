"""A report filed in Telegram: the channel's process against a fake Bot API, and behind it everything for real."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from actions.settings import ROOT
from tests.fake_telegram import FakeTelegram, message
from tests.product import Product
from tests.stack import Stack
from tests.talking import numbers

NUMBER = re.compile(r"HS-\d{6}-\d{5}")
CHAT = 81890
SECONDS = 60


@pytest.fixture
def fake(running: Product) -> FakeTelegram:
    """The platform that the bot's process speaks to."""
    return running.telegram


@pytest.fixture
def says(fake: FakeTelegram) -> Callable[..., str]:
    """Send one message; gives all that is said to it."""

    def send(words: str | None = None, **more: Any) -> str:
        before = len(fake.texts(CHAT))
        fake.put(message(next(numbers), CHAT, words, **more))
        return arrived(fake, before)

    return send


def arrived(fake: FakeTelegram, before: int) -> str:
    """What came after so many messages."""
    end = time.monotonic() + SECONDS
    while len(fake.texts(CHAT)) == before:
        assert time.monotonic() < end, f"nothing after {fake.texts(CHAT)[-1:]}"
        time.sleep(0.05)
    time.sleep(0.3)  # a reply may have several bubbles
    return "\n".join(fake.texts(CHAT)[before:])


def move(stack: Stack, number: str, step: str, *more: str) -> None:
    """The operators' command."""
    command = [sys.executable, "-m", "bot.cli", "tickets", "move", number, step, "--as", "王", *more]
    done = subprocess.run(command, cwd=ROOT, env=stack.environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_report_is_filed_with_a_location_and_its_news_arrive(
    stack: Stack, fake: FakeTelegram, says: Callable[..., str]
) -> None:
    assert "哪里" in says("我要投诉，小区路灯坏了一个礼拜了")
    assert "手机号" in says(location={"latitude": 29.8683, "longitude": 121.544})
    read_back = says("不留")
    assert all(part in read_back for part in ("路灯坏了一个礼拜", "29.86830", "121.54400"))
    told = says("对")
    (number,) = NUMBER.findall(told)
    assert number in says("/status")
    before = len(fake.texts(CHAT))
    move(stack, number, "start")
    news = arrived(fake, before)
    assert number in news
    before = len(fake.texts(CHAT))
    move(stack, number, "close", "--words", "路灯已修好")
    closed = arrived(fake, before)
    assert number in closed
    assert "路灯已修好" in closed
