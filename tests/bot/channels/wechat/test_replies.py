"""A reply comes within the call or after it, once."""

from __future__ import annotations

import json
import time
from typing import Any

from bot.channels.wechat.tuning import Tuning
from tests.bot.channels.conftest import ECHO
from tests.bot.channels.wechat.conftest import ME, Start, Until, slow
from tests.fake_wechat import FakeWeChat, text


def test_a_message_is_answered_within_the_call(start: Start, fake: FakeWeChat, rasa: Any, mode: bool) -> None:
    fake.aes = mode
    fake.write(start(), text(24000000000000010, ME, "路灯坏了 ]]> <b>"))
    assert fake.shown == [(ME, "听到：路灯坏了 ]]> <b>", "passive")]
    (seen,) = rasa.seen()
    assert seen["metadata"]["id"] == "wechat-24000000000000010"
    assert seen["metadata"]["channel"] == "wechat"
    assert ME not in str(seen)


def test_a_slow_answer_arrives_by_the_second_path_once(
    start: Start, fake: FakeWeChat, rasa: Any, until: Until, tuning: Tuning, mode: bool
) -> None:
    fake.aes = mode
    rasa.mode(body=ECHO, seconds=0.8)
    fake.write(start(slow(tuning)), text(20, ME, "慢"))
    assert fake.shown == []
    assert until(lambda: fake.shown) == [(ME, "听到：慢", "service")]
    assert (fake.statuses, len(rasa.seen()), fake.codes) == ([200], 1, [0])


def test_the_platform_asks_three_times_and_the_message_acts_once(
    start: Start, fake: FakeWeChat, rasa: Any, until: Until
) -> None:
    """The platform gives up sooner than the channel replies: only its third call is still there for the reply."""
    fake.patience = 0.35
    rasa.mode(body=ECHO, seconds=0.8)
    fake.write(start(), text(30, ME, "三次"))
    until(lambda: fake.shown)
    time.sleep(0.3)
    assert fake.texts(ME) == ["听到：三次"]
    assert len(rasa.seen()) == 1


def test_a_reply_that_got_lost_on_its_way_is_given_again(start: Start, fake: FakeWeChat, rasa: Any) -> None:
    url = start()
    first, again = (fake.call(url, text(40, ME, "丢了")) for _ in range(2))
    assert "听到：丢了" in first.text
    assert "听到：丢了" in again.text
    assert len(rasa.seen()) == 1


def test_a_long_answer_is_cut_and_goes_on_by_the_second_path(
    start: Start, fake: FakeWeChat, rasa: Any, until: Until
) -> None:
    url = start()
    rasa.mode(body=json.dumps([{"text": "这是一句很长的话。" * 100}, {"text": "完。"}]))
    fake.write(url, text(100, ME, "长"))
    until(lambda: len(fake.shown) == 2)
    assert fake.ways(ME) == ["passive", "service"]
    assert "".join("".join(fake.texts(ME)).split()) == "这是一句很长的话。" * 100 + "完。"
    assert all(said.rstrip().endswith("。") for said in fake.texts(ME))


def test_the_token_is_kept_and_fetched_anew_when_it_is_refused(
    start: Start, fake: FakeWeChat, rasa: Any, until: Until, tuning: Tuning
) -> None:
    url = start(slow(tuning, 0.0))
    for number in (110, 111):
        fake.write(url, text(number, ME, "快"))
        until(lambda count=number - 109: len(fake.shown) == count)
    assert (len(fake.tokens), fake.codes) == (1, [0, 0])
    fake.expire()
    fake.busy = 1
    fake.write(url, text(112, ME, "再"))
    until(lambda: len(fake.shown) == 3)
    assert fake.codes[2:] == [40001, -1, 0] or fake.codes[2:] == [42001, -1, 0]
    assert fake.forced == 0


def test_what_the_platform_does_not_take_waits_until_its_reader_writes(
    start: Start, fake: FakeWeChat, rasa: Any, until: Until, tuning: Tuning
) -> None:
    fake.most = 0
    url = start(slow(tuning, 0.0))
    fake.write(url, text(120, ME, "一"))
    until(lambda: fake.codes == [45047])
    fake.most = 5
    fake.write(url, text(121, ME, "二"))
    until(lambda: len(fake.shown) == 2)
    assert fake.texts(ME) == ["听到：二", "听到：一"]


def test_a_channel_that_stopped_answers_what_it_had_taken(
    start: Start, fake: FakeWeChat, rasa: Any, until: Until, tuning: Tuning
) -> None:
    """The gateway is away, the process ends, another one begins: the message is in the spool and is answered once."""
    url = start(slow(tuning), gateway_url="http://127.0.0.1:9")
    fake.write(url, text(130, ME, "留着"))
    assert fake.shown == []
    start()
    until(lambda: fake.shown)
    assert fake.texts(ME) == ["听到：留着"]
    assert fake.ways(ME) == ["service"]
