"""What every channel must hold to; a new one joins CHANNELS."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Bubble, Channel, Incoming
from bot.channels.telegram.render import TelegramChannel
from bot.channels.telegram.updates import Updates
from bot.channels.web import WebChannel
from bot.channels.wechat.render import WeChatChannel
from tests.fake_telegram import message
from tests.fake_wechat import text as wechat_text

TELEGRAM = TelegramChannel(Updates("haishu_test_bot", 8189001), "https://81890.example.org")
BARE = TelegramChannel(Updates("haishu_test_bot", 8189001))
CHANNELS: list[tuple[Channel[Any], Any]] = [
    (WebChannel(), {"message": "你好", "id": "7"}),
    (TELEGRAM, message(7, 1, "你好")),
    (BARE, message(7, 1, "你好")),
    (WeChatChannel("https://81890.example.org"), wechat_text(7, "oReader", "你好")),
]
every = pytest.mark.parametrize(
    ("channel", "update"), CHANNELS, ids=["web", "telegram", "telegram-bare", "wechat"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("message", "edited_message", "callback_query", "my_chat_member", "channel_post", "id", "update_id")
WECHAT = ("FromUserName", "MsgType", "MsgId", "Content", "Event", "Location_X", "Recognition", "CreateTime")
PARTS = ("chat", "from", "text", "data", "location", "venue", "contact", "photo", "caption", "message")
JUNK = st.dictionaries(st.sampled_from(FIELDS + WECHAT), JSON | st.dictionaries(st.sampled_from(PARTS), JSON))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1)
LONG = st.builds(lambda text, times: text * times, TEXTS, st.integers(1, 3000))


def reply(text: str, **more: Any) -> dict[str, Any]:
    return {"replies": [{"text": text, **more}]}


@every
def test_words_come_through_with_their_id(channel, update):
    incoming = channel.read(update)
    assert (incoming.kind, incoming.text, incoming.id) == ("words", "你好", "7")


@every
@given(junk=JUNK)
def test_nothing_that_is_delivered_makes_it_fail(channel, update, junk):
    assert isinstance(channel.read(junk), Incoming)


@every
@given(text=LONG)
def test_no_character_is_lost_and_no_bubble_is_too_long(channel, update, text):
    bubbles = channel.render(reply(text))
    assert "".join("".join(bubble.text.split()) for bubble in bubbles) == "".join(text.split())
    assert all(0 < channel.measure(bubble.text) <= channel.capabilities.length for bubble in bubbles)


@every
def test_the_buttons_of_a_reply_stand_once_under_its_end(channel, update):
    text = "很长的一句话。" * 2000
    bubbles = channel.render(reply(text, buttons=[{"title": "是", "message": "是的"}]))
    said = [[button.message for button in bubble.buttons] for bubble in bubbles]
    assert said[-1] == ["是的"]
    assert not any(said[:-1])


@every
def test_every_button_does_something(channel, update):
    answer = {
        "status": "answered",
        "refused": False,
        "citations": [{"title": "纲要", "url": "/sources/a#span"}],
    }
    (bubble,) = channel.render(
        reply("273个。", answer=answer, buttons=[{"title": "那2025年呢", "message": "那2025年呢"}])
    )
    assert bubble.buttons
    assert all(button.title and bool(button.message) != bool(button.url) for button in bubble.buttons)
    assert "那2025年呢" in [button.message for button in bubble.buttons]


@every
def test_several_replies_keep_their_order(channel, update):
    body = {"replies": [{"text": "一"}, {"text": "二"}, {"text": "三"}]}
    assert [bubble.text for bubble in channel.render(body)] == ["一", "二", "三"]


@every
def test_a_bubble_can_be_put_away_and_taken_out(channel, update):
    answer = {"status": "answered", "refused": False, "citations": []}
    bubbles = channel.render(reply("273个。", answer=answer))
    assert tuple(Bubble.load(bubble.json()) for bubble in bubbles) == bubbles


def test_links_need_a_public_address():
    answer = {"status": "answered", "refused": False, "citations": [{"url": "/sources/a?start=1#span"}]}
    linked, bare = (channel.render(reply("273个。", answer=answer))[0] for channel in (TELEGRAM, BARE))
    assert [b.url for b in linked.buttons if b.url] == ["https://81890.example.org/sources/a?start=1#span"]
    assert not any(b.url for b in bare.buttons)


def test_an_english_answer_has_english_buttons():
    answer = {"status": "answered", "refused": False, "citations": []}
    (bubble,) = TELEGRAM.render(reply("273 institutions.\n来源：《…》", answer=answer))
    assert [b.title for b in bubble.buttons] == ["Helpful", "Not helpful", "A person", "My reports"]
