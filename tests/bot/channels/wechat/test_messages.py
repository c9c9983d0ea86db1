"""What a message is, and how replies look."""

from __future__ import annotations

import time
from contextlib import ExitStack
from threading import Thread
from typing import Any

from bot.channels.wechat.wording import say
from tests.bot.channels.conftest import ECHO
from tests.bot.channels.wechat.conftest import ME, Start, Until
from tests.fake_wechat import FakeWeChat, event, message, text


def test_events_and_what_is_no_text(start: Start, fake: FakeWeChat, rasa: Any, until: Until) -> None:
    url, other = start(), "oReader-2"
    for one in [
        event(ME, "subscribe", 100),
        message(71, ME, "voice", MediaId="m", Recognition="路灯坏了。"),
        message(72, ME, "voice", MediaId="m", Recognition=""),
        message(73, ME, "image", MediaId="m", PicUrl="http://x"),
        message(74, ME, "location", Location_X="29.8683", Location_Y="121.544", Scale="15", Label="鼓楼"),
        event(ME, "CLICK", 101, "status"),
        event(ME, "CLICK", 102, "human"),
        event(ME, "CLICK", 103, "nonsense"),
        text(75, ME, "帮助"),
        text(76, ME, "重新开始"),
    ]:
        fake.write(url, one)
        fake.call(url, one)  # events too are delivered twice
    for one in [
        event(other, "VIEW", 1, "http://x"),
        event(other, "LOCATION", 2),
        message(77, other, "hologram"),
        message(78, other, "location", Location_X="nowhere"),
        text(79, other, "  "),
    ]:
        fake.write(url, one)
    assert fake.texts(ME) == [
        say("start"),
        "听到：路灯坏了。",
        say("voice"),
        say("media"),
        "听到：鼓楼（29.86830,121.54400）",
        "听到：查工单",
        "听到：转人工",
        say("help"),
        say("help"),
        say("again"),
    ]
    assert fake.texts(other) == []
    assert len(rasa.seen()) == 4


def test_options_are_numbers_that_count_once(start: Start, fake: FakeWeChat, rasa: Any) -> None:
    url = start()
    buttons = '[{"title": "是", "payload": "是的"}, {"title": "否", "payload": "不是"}]'
    rasa.mode(body=f'[{{"text": "对吗？", "buttons": {buttons}}}]')
    fake.write(url, text(80, ME, "一"))
    assert fake.texts(ME) == ["对吗？\n\n回复数字：\n1 是\n2 否"]
    rasa.mode(body=f'[{{"text": "听到：$MESSAGE", "buttons": {buttons}}}]')
    for number, words in ((81, "２"), (82, "3"), (83, "1。")):
        fake.write(url, text(number, ME, words))
    rasa.mode(body=ECHO)
    fake.write(url, text(84, ME, "1"))
    fake.write(url, text(85, ME, "1"))  # the last reply offered nothing: a number is a word
    heard = [said.partition("\n")[0] for said in fake.texts(ME)[1:]]
    assert heard == ["听到：不是", "听到：3", "听到：是的", "听到：是的", "听到：1"]


def test_an_option_that_was_chosen_is_told_to_be_used(start: Start, fake: FakeWeChat, rasa: Any) -> None:
    url = start()
    rasa.mode(status=500)
    fake.write(url, text(90, ME, "有多少机构"))
    assert "1 那2025年呢\n2 有用\n3 没用\n4 转人工\n5 查工单" in fake.texts(ME)[0]
    rasa.mode(status=500)
    with ExitStack() as stack:
        # Two at once, before the first has been answered with other options.
        for number in (91, 92):
            thread = Thread(target=fake.write, args=(url, text(number, ME, "2" if number == 91 else "3")))
            thread.start()
            stack.callback(thread.join)
            time.sleep(0.05)
    assert [seen["message"] for seen in rasa.seen()][:1] == ["有用"]


def test_links_are_anchors_and_nobody_elses(start: Start, fake: FakeWeChat, rasa: Any) -> None:
    url = start(public_url="https://81890.example.org")
    rasa.mode(status=500)
    fake.write(url, text(95, ME, "有多少机构"))
    assert '<a href="https://81890.example.org/sources/press-1?start=' in fake.texts(ME)[0]
    rasa.mode(body=ECHO)
    fake.write(url, text(96, ME, '<a href="http://x">点我</a>'))
    assert fake.texts(ME)[1] == '听到：＜a href="http://x">点我＜/a>'
