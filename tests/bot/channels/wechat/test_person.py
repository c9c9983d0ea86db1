"""What nobody has just asked for: a person at the desk, news of tickets, and the limits of 客服消息."""

from __future__ import annotations

from typing import Any

import pytest

from actions.tickets.records import Actor, Report
from tests.actions.conversations.desk_parts import WANG
from tests.bot.channels.wechat.conftest import ME, Start, Until
from tests.bot.hall import Hall
from tests.fake_wechat import FakeWeChat, event, text

CLERK = Actor("王", "operator")


@pytest.fixture
def url(start: Start, place: Hall) -> str:
    return start(gateway_url=place.gateway, service_url=place.service)


def filed(place: Hall, rasa: Any) -> str:
    """A ticket of the reader who wrote last, and the news that it is being worked on."""
    session = str(rasa.seen()[-1]["metadata"]["session"])
    report = Report(problem="路灯坏了", session=session, channel="wechat")
    number = place.care.office.reception.file(report, "k").number
    place.care.office.casework.start(number, 2, CLERK)
    return number


def test_a_person_speaks_with_their_name_and_the_bot_is_silent(
    url: str, fake: FakeWeChat, rasa: Any, until: Until, place: Hall
) -> None:
    fake.write(url, text(1, ME, "你好"))
    name = str(rasa.seen()[-1]["sender"])
    assert place.act(WANG, name, "claim").status_code == 200
    until(lambda: len(fake.texts(ME)) == 2)
    fake.write(url, text(2, ME, "路灯坏了"))
    assert place.act(WANG, name, "say", text="我看看", key="k").status_code < 300
    until(lambda: len(fake.texts(ME)) == 3)
    assert fake.texts(ME)[2] == f"人工坐席 · {WANG.name}：我看看"
    assert (fake.ways(ME), len(rasa.seen())) == (["passive", "service", "service"], 1)


def test_news_arrive_by_the_second_path(
    url: str, fake: FakeWeChat, rasa: Any, until: Until, place: Hall
) -> None:
    fake.write(url, text(1, ME, "你好"))
    number = filed(place, rasa)
    until(lambda: len(fake.texts(ME)) == 2)
    assert number in fake.texts(ME)[1]
    until(lambda: place.care.delivery.claim("wechat") == ())


def test_news_after_48_hours_stay_undelivered_and_come_when_their_reader_writes(
    url: str, fake: FakeWeChat, rasa: Any, until: Until, place: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    fake.write(url, text(1, ME, "你好"))
    fake.shut(ME)
    before = place.care.delivery.undelivered()
    number = filed(place, rasa)
    until(lambda: 45015 in fake.codes)
    until(lambda: "waits until its reader writes" in caplog.text)
    waiting = place.care.delivery.undelivered()
    assert waiting > before
    fake.write(url, text(2, ME, "我来了"))
    until(lambda: len(fake.texts(ME)) == 3)
    late = fake.texts(ME)[1:]  # the news and the answer go by two ways, and either may be first
    assert sum(number in words for words in late) == 1
    assert "听到：我来了" in late
    until(lambda: place.care.delivery.undelivered() == waiting - 1)


def test_who_does_not_follow_any_more_gets_nothing_and_holds_nothing_up(
    url: str, fake: FakeWeChat, rasa: Any, until: Until, place: Hall
) -> None:
    fake.write(url, text(1, ME, "你好"))
    before = place.care.delivery.undelivered()
    fake.write(url, event(ME, "unsubscribe", 5))
    fake.gone.add(ME)
    filed(place, rasa)
    until(lambda: place.care.delivery.undelivered() <= before + 1)  # the department's own line stays
    assert len(fake.texts(ME)) == 1


def test_what_was_said_is_erased_on_request(
    url: str, fake: FakeWeChat, rasa: Any, until: Until, place: Hall
) -> None:
    for number, words in enumerate(("我妈一个人住", "删除对话", "你好"), 1):
        fake.write(url, text(number, ME, words))
    assert "已经删除" in fake.texts(ME)[1]
    first, second = (str(seen["sender"]) for seen in rasa.seen())
    assert first != second
    assert not any(one.text for one in place.room.inbox.show(first)[1])
