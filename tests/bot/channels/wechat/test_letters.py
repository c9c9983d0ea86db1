"""What the platform sends is known to be from it, and acts once."""

from __future__ import annotations

import time
from typing import Any

import httpx2
import pytest
import redis as sync_redis
from pydantic import SecretStr

from actions.settings import Settings, SettingsError
from bot.channels.wechat.app import create_app
from bot.channels.wechat.tuning import Tuning
from tests.bot.channels.wechat.conftest import ME, Start, Until, slow
from tests.fake_wechat import SECRET, TOKEN, FakeWeChat, letter, sign, text


def forged(fake: FakeWeChat, url: str) -> list[int]:
    """Letters that the platform did not send like this."""
    good = text(50, ME, "假的")
    now = str(int(time.time()))
    body, query = fake.signed(good)
    other, _ = fake.signed(text(51, ME, "别的"))
    name = "msg_signature" if fake.aes else "signature"
    wrong = [
        {},
        {**query, name: ""},
        {**query, name: query[name][:-1]},
        {**query, name: query[name].upper() + "0"},
        {**query, name: sign("guess", query["timestamp"], query["nonce"])},
        {**query, "nonce": "1"},
        {**query, "timestamp": str(int(now) + 1)},
        {**query, "timestamp": "now"},
        {**query, "timestamp": "-1"},
    ]
    address = f"{url}/wechat"
    codes = [httpx2.post(address, params=one, content=body).status_code for one in wrong]
    old = [fake.call(url, good, when=int(now) + shift).status_code for shift in (-301, -86400, 400, -(10**9))]
    assert httpx2.post(address, params=query, content=body).status_code == 200
    changed = httpx2.post(address, params=query, content=other).status_code
    return [*codes, *old, changed]


def test_forged_old_and_replayed_letters_are_turned_away(
    start: Start, fake: FakeWeChat, rasa: Any, until: Until, mode: bool
) -> None:
    fake.aes = mode
    url = start()
    assert set(forged(fake, url)) == {403}
    assert [seen["message"] for seen in rasa.seen()] == ["假的"]  # the one that was signed, once


def test_what_is_replayed_as_it_was_acts_on_nothing_and_says_nothing(
    start: Start, fake: FakeWeChat, rasa: Any, redis_url: str
) -> None:
    url = start()
    body, query = fake.signed(text(55, ME, "原样"))
    assert "听到" in httpx2.post(f"{url}/wechat", params=query, content=body).text
    with sync_redis.Redis.from_url(redis_url) as valkey:
        valkey.delete("wx:passive:55")  # as after ``repeat_seconds``
    for _ in range(20):
        assert httpx2.post(f"{url}/wechat", params=query, content=body).text == "success"
    assert len(rasa.seen()) == 1


def test_with_a_key_nothing_plain_is_taken(start: Start, fake: FakeWeChat, rasa: Any) -> None:
    fake.aes = True
    url = start()
    fake.aes = False
    assert fake.call(url, text(60, ME, "明文")).status_code == 403
    assert rasa.seen() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"{}",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>',
        b"\xff\xfe<xml/>",
        b'<?xml version="1.0" encoding="x-none"?><xml/>',
    ],
)
def test_what_is_signed_and_unreadable_is_turned_away(start: Start, fake: FakeWeChat, body: bytes) -> None:
    url = start()
    _, query = fake.signed({})
    assert httpx2.post(f"{url}/wechat", params=query, content=body).status_code == 403
    assert httpx2.post(f"{url}/wechat", params=query, content=b"x" * 70_000).status_code == 413


def test_the_address_is_confirmed_only_to_the_platform(start: Start, fake: FakeWeChat) -> None:
    url = start()
    _, query = fake.signed({})
    echo = httpx2.get(f"{url}/wechat", params={**query, "echostr": "<b>8189"})
    assert (echo.status_code, echo.text) == (200, "<b>8189")
    assert echo.headers["content-type"].startswith("text/plain")
    assert httpx2.get(f"{url}/wechat", params={**query, "echostr": "x"}).status_code == 403
    assert httpx2.get(f"{url}/wechat", params={"echostr": "x"}).status_code == 403


def test_nothing_secret_stands_in_the_log(
    start: Start, fake: FakeWeChat, rasa: Any, until: Until, tuning: Tuning, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    url = start(slow(tuning, 0.0))
    fake.busy = 1
    fake.write(url, text(140, ME, "暗号81890"))
    until(lambda: fake.shown)
    fake.call(url, text(141, ME, "x"), query={"signature": "x"})
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith(("bot.", "actions.")))
    assert "a letter was turned away" in ours
    assert not any(one in ours for one in (TOKEN, SECRET, "暗号81890", ME, *fake.tokens))


def test_without_the_accounts_settings_it_says_which_are_missing(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="WECHAT_APPID、WECHAT_SECRET"):
        create_app(settings.model_copy(update={"wechat_token": SecretStr(TOKEN)}))


def test_the_fake_and_the_channel_agree_on_the_xml() -> None:
    from bot.channels.wechat import xml

    fields = text(1, ME, "甲 & <乙>")
    assert xml.read(letter(fields).encode()) == fields
    assert xml.read(xml.write({"Content": "]]>\x00a"}).encode()) == {"Content": "]]>a"}
