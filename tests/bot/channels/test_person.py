"""A person at the desk speaks in a Telegram chat; what was said can be erased from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.channels.telegram.tuning import Tuning
from tests.actions.conversations.desk_parts import WANG
from tests.bot.hall import Hall
from tests.fake_telegram import FakeTelegram, message

CHAT = 8


@pytest.fixture
def tuning(tuning: Tuning) -> Tuning:
    return Tuning(**{**vars(tuning), "typing_after": 0.3})


def test_a_person_speaks_with_their_name_and_the_bot_is_silent(
    start: Callable[..., str], fake: FakeTelegram, rasa: Any, until: Callable[..., Any], place: Hall
) -> None:
    start(gateway_url=place.gateway, service_url=place.service)
    fake.put(message(1, CHAT, "你好"))
    until(lambda: fake.texts(CHAT))
    name = str(rasa.seen()[-1]["sender"])
    assert place.act(WANG, name, "claim").status_code == 200
    until(lambda: len(fake.texts(CHAT)) == 2)
    fake.put(message(2, CHAT, "路灯坏了"))
    until(lambda: "路灯坏了" in [one.text for one in place.room.inbox.show(name)[1]])
    for number, words in enumerate(("我看看", "已经派人去了")):
        done = place.act(WANG, name, "say", text=words, key=f"k{number}")
        assert done.status_code < 300, done.text
    until(lambda: len(fake.texts(CHAT)) == 4)
    assert fake.texts(CHAT)[1].startswith("人工坐席 · 王")
    assert fake.texts(CHAT)[2:] == [f"人工坐席 · {WANG.name}：{said}" for said in ("我看看", "已经派人去了")]
    assert len(rasa.seen()) == 1


def test_forget_erases_what_was_said_and_begins_anew(
    start: Callable[..., str], fake: FakeTelegram, rasa: Any, until: Callable[..., Any], place: Hall
) -> None:
    start(gateway_url=place.gateway, service_url=place.service)
    fake.put(message(1, CHAT, "我妈一个人住"), message(2, CHAT, "/forget"), message(3, CHAT, "你好"))
    until(lambda: len(fake.texts(CHAT)) == 3)
    assert "已经删除" in fake.texts(CHAT)[1]
    first, second = (str(seen["sender"]) for seen in rasa.seen())
    assert first != second
    assert not any(one.text for one in place.room.inbox.show(first)[1])
    assert "我妈一个人住" not in str(place.room.inbox.show(second))


def test_forget_in_a_group_is_for_no_one_person(
    start: Callable[..., str], fake: FakeTelegram, rasa: Any, until: Callable[..., Any]
) -> None:
    start()
    group = {"id": -77, "type": "group", "title": "邻里"}
    fake.put(message(1, CHAT, "/forget@haishu_test_bot", chat=group))
    until(lambda: fake.texts(-77))
    assert "私下" in fake.texts(-77)[0]


def test_typing_is_shown_while_an_answer_takes_long(
    start: Callable[..., str], fake: FakeTelegram, rasa: Any, until: Callable[..., Any]
) -> None:
    rasa.mode(body='[{"text": "好"}]', seconds=0.8)
    start()
    rasa.mode(body='[{"text": "好"}]', seconds=0.8)
    fake.put(message(1, CHAT, "慢"))
    until(lambda: fake.texts(CHAT))
    assert [call["action"] for call in fake.called("sendChatAction")] == ["typing"]
