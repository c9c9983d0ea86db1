"""500 updates, each delivered three times in a shuffled batch, a fifth of the replies refused, ten kills."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from actions.settings import Settings
from bot.channels.telegram.app import create_app
from bot.gateway.app import create_app as create_gateway
from tests.bot.channels.conftest import ECHO
from tests.fake_telegram import FakeTelegram, message
from tests.killable import Killable
from tests.serving import serving

CHATS, EACH, KILLS = 25, 20, 10
MOST_SECONDS = 240


def updates() -> list[dict[str, Any]]:
    """Chats take turns, so that every batch holds all of them."""
    return [
        message(1000 + n * CHATS + chat, chat + 1, f"第{n}句") for n in range(EACH) for chat in range(CHATS)
    ]


@pytest.mark.slow
def test_every_update_acts_once_and_no_reply_is_lost_or_out_of_order(
    channel_settings: Settings, settings: Settings, service: str, rasa: Any, answerer: Any, tmp_path: Path
) -> None:
    rasa.mode(body=ECHO)
    fake = FakeTelegram(seed=7, copies=3, refused_share=0.2)
    # A busy machine may be slow; that is not what is tried here.
    patient = {"rasa_timeout": 30.0, "answer_timeout": 30.0, "rate_posts_per_minute": 100_000}
    roomy = settings.model_copy(update={"service_url": service, **patient})
    with serving(fake.app) as api, serving(create_gateway(roomy)) as gateway:
        own = channel_settings.model_copy(update={"telegram_api_url": api, "gateway_url": gateway})
        channel = Killable(create_app, (own,), tmp_path / "telegram.log", {"PTB_TIMEDELTA": "1"})
        kill_at_seeded_moments(channel, fake)
    said = Counter(one["metadata"]["id"] for one in rasa.seen())
    assert len(said) == CHATS * EACH
    assert set(said.values()) == {1}
    again = 0
    for chat in range(1, CHATS + 1):
        once = [text for text, _ in groupby(fake.texts(chat))]
        assert once == [f"听到：第{n}句" for n in range(EACH)], chat
        again += len(fake.texts(chat)) - len(once)
    # Only what Telegram takes in the moment of a kill may come again: at most one bubble of a chat for each kill.
    assert again <= KILLS * CHATS // 5
    assert fake.rude == 0
    assert fake.refused > CHATS * EACH * 0.15


def kill_at_seeded_moments(channel: Killable, fake: FakeTelegram) -> None:
    """Deliver in portions, with a kill while each is worked on: after so many replies as the seed says."""
    moments, todo = random.Random(7), updates()
    portion = len(todo) // KILLS
    for turn in range(KILLS):
        fake.put(*todo[turn * portion : (turn + 1) * portion])
        process = channel.start()
        enough = len(fake.sent) + moments.randrange(1, portion // 2)
        wait_for(lambda: len(fake.sent) >= enough, fake)  # noqa: B023 - called before the next turn
        process.kill()
        process.join(10)
        assert len(arrived(fake)) < (turn + 1) * portion, "nothing was under way at this kill"
        time.sleep(0.5)  # what was on its way at the kill is still read, and may be refused
        fake.forgive()
    process = channel.start()
    try:
        wait_for(lambda: len(arrived(fake)) == len(todo), fake)
    finally:
        process.terminate()
        process.join(15)


def arrived(fake: FakeTelegram) -> set[tuple[str, str]]:
    """Replies that arrived, each once."""
    return {(one.chat, one.text) for one in list(fake.sent)}


def wait_for(check: Callable[[], bool], fake: FakeTelegram) -> None:
    """Wait until it is so."""
    end = time.monotonic() + MOST_SECONDS
    while not check():
        assert time.monotonic() < end, f"{len(fake.sent)} sent, {fake.waiting()} waiting"
        time.sleep(0.01)
