"""The Telegram channel against a fake Bot API, with the real gateway and a real Valkey behind it."""

import json

import httpx2
from pydantic import SecretStr

from bot.channels.telegram.wording import say
from tests.bot.conftest import TOKEN as SERVICE_TOKEN
from tests.fake_telegram import BOT, message, press

GROUP = {"id": -77, "type": "group", "title": "邻里"}


def test_a_message_is_answered_once_and_confirmed_after(start, fake, rasa, until):
    fake.put(message(10, 1, "路灯坏了"))
    start()
    until(lambda: fake.texts(1))
    until(lambda: not fake.waiting())
    assert fake.texts(1) == ["听到：路灯坏了"]
    assert fake.highest == 11
    (seen,) = rasa.seen()
    assert seen["metadata"]["id"] == "telegram-10"
    assert seen["metadata"]["channel"] == "telegram"
    assert seen["metadata"]["session"].startswith("telegram-")


def test_the_dialogue_never_sees_the_number_of_the_chat(start, fake, rasa, until):
    fake.put(message(11, 735551234, "你好"))
    start()
    until(lambda: fake.texts(735551234))
    assert "735551234" not in str(rasa.seen())


def test_commands_have_their_own_words_and_menu(start, fake, rasa, until):
    fake.put(*(message(20 + i, 2, text) for i, text in enumerate(("/start", "/help", "/stop", "/nonsense"))))
    fake.put(message(30, 3, "/status"))
    start()
    until(lambda: len(fake.texts(2)) == 4)
    assert fake.texts(2) == [say(key, "zh") for key in ("start", "help", "stop", "help")]
    assert until(lambda: fake.texts(3)) == ["听到：查工单"]
    menus = fake.called("setMyCommands")
    assert {menu.get("language_code", "") for menu in menus} == {"", "zh", "en"}
    assert all(name in menus[0]["commands"] for name in ("start", "help", "status", "stop"))


def test_what_is_no_text_gets_a_kind_sentence(start, fake, rasa, until):
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    voice = {"file_id": "a", "file_unique_id": "b", "duration": 1}
    fake.put(message(40, 4, photo=photo), message(41, 4, voice=voice))
    fake.put(message(42, 4, photo=photo, caption="路灯坏了"))
    fake.put({"update_id": 43, "edited_message": message(43, 4, "改了")["message"]})
    start()
    until(lambda: len(fake.texts(4)) == 5)
    media, heard = say("media", "zh"), "听到：路灯坏了"
    assert fake.texts(4) == [media, say("voice", "zh"), heard, media, say("edited", "zh")]
    assert len(rasa.seen()) == 1


def test_a_location_becomes_words(start, fake, rasa, until):
    place = {"latitude": 29.8683, "longitude": 121.544}
    fake.put(message(50, 5, location=place))
    fake.put(message(51, 5, venue={"location": place, "title": "鼓楼", "address": "中山西路"}))
    start()
    until(lambda: len(fake.texts(5)) == 2)
    assert "手机定位（北纬29.86830，东经121.54400）" in fake.texts(5)[0]
    assert "中山西路 鼓楼（29.86830,121.54400）" in fake.texts(5)[1]


def test_channel_posts_and_bots_get_no_answer(start, fake, rasa, until):
    post = {"message_id": 1, "date": 1, "chat": {"id": -9, "type": "channel", "title": "x"}, "text": "公告"}
    robot = message(61, 6, "你好", **{"from": {"id": 5, "is_bot": True, "first_name": "b"}})
    fake.put({"update_id": 60, "channel_post": post}, robot, message(62, 6, "人"))
    start()
    until(lambda: fake.texts(6))
    until(lambda: not fake.waiting())
    assert [one.text for one in fake.sent] == ["听到：人"]


def test_a_group_is_answered_from_documents_and_only_when_addressed(start, fake, rasa, answerer, until):
    name = f"@{BOT['username']}"
    fake.put(
        message(70, 7, "这里有机构吗", chat=GROUP),
        message(71, 7, f"{name} 有多少机构", chat=GROUP),
        message(72, 7, f"{name} 我要投诉路灯", chat=GROUP),
        message(73, 7, f"{name} 我的电话13812345678", chat=GROUP),
    )
    start()
    until(lambda: len(fake.texts(-77)) == 4)
    answer, refusal, private, masked = fake.texts(-77)
    assert answer == "273个。"
    assert (refusal, private) == ("资料里没有。", say("private_only", "zh"))
    assert masked == say("masked_in_group", "zh")
    assert rasa.seen() == []
    assert not any("138" in question.text for question in answerer.asked)
    assert {one.reply_to for one in fake.sent} == {71, 72, 73}


def test_a_button_says_its_words_once(start, fake, rasa, until):
    buttons = '[{"title": "是", "payload": "是的"}, {"title": "否", "payload": "不是"}]'
    rasa_body = f'[{{"recipient_id": "x", "text": "听到：$MESSAGE", "buttons": {buttons}}}]'
    fake.put(message(80, 8, "一"))
    rasa.mode(body=rasa_body)
    start()
    (first,) = until(lambda: fake.sent[:])
    fake.put(press(81, first, first.data("是")), press(82, first, first.data("是")))
    until(lambda: not fake.waiting())
    until(lambda: len(fake.called("answerCallbackQuery")) == 2)
    assert until(lambda: fake.texts(8)[1:]) == ["听到：是的"]
    assert [call.get("text", "") for call in fake.called("answerCallbackQuery")] == ["", say("used", "zh")]
    (redrawn,) = until(lambda: fake.called("editMessageReplyMarkup"))
    shown = json.loads(redrawn["reply_markup"])["inline_keyboard"]
    assert [button["text"] for row in shown for button in row] == ["否"]


def test_of_helpful_and_not_helpful_only_one_counts(start, fake, rasa, service, until):
    rasa.mode(status=500)
    fake.put(message(90, 9, "有多少机构"))
    start()
    rasa.mode(status=500)
    (first, *_) = until(lambda: fake.sent[:])
    assert first.text == "273个。"
    rasa.mode(body='[{"text": "谢谢"}]')
    fake.put(press(91, first, first.data("有用")), press(92, first, first.data("没用")))
    until(lambda: len(fake.called("answerCallbackQuery")) == 2)
    assert [call.get("text", "") for call in fake.called("answerCallbackQuery")] == ["", say("used", "zh")]
    assert [seen["message"] for seen in rasa.seen()] == ["有用"]


def test_a_blocked_chat_is_left_alone_and_holds_up_no_other(start, fake, rasa, until):
    fake.blocked.add("12")
    fake.put(message(100, 12, "一"), message(101, 13, "二"))
    start()
    until(lambda: fake.texts(13))
    until(lambda: not fake.waiting())
    tries = until(lambda: [one for one in fake.called("sendMessage") if one["chat_id"] == "12"])
    assert (len(tries), fake.texts(12)) == (1, [])
    fake.blocked.clear()
    fake.put(message(102, 12, "我回来了"))
    assert until(lambda: fake.texts(12)) == ["听到：我回来了"]


def test_a_gateway_that_is_away_costs_time_and_no_message(start, fake, rasa, until, gateway_url):
    rasa.mode(body='[{"text": "到了"}]')
    fake.put(message(110, 14, "一"))
    start(gateway_url="http://127.0.0.1:9")
    until(lambda: not fake.waiting())
    assert fake.sent == []
    start(gateway_url=gateway_url)
    assert until(lambda: fake.texts(14))[0].startswith(("到了", "听到"))


def push(url, update, secret=None):
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
    return httpx2.post(f"{url}/telegram", json=update, headers=headers).status_code


def test_a_push_without_the_secret_is_turned_away(start, fake, rasa, until):
    secret = "s" * 20 + "0123456789-abcdefgh"
    url = start(telegram_webhook_url="https://example.org", telegram_webhook_secret=SecretStr(secret))
    until(lambda: fake.called("setWebhook"))
    assert fake.called("setWebhook")[0]["secret_token"] == secret
    assert fake.called("setWebhook")[0]["url"] == "https://example.org/telegram"
    forged = [None, "", secret[:-1], secret + "x", secret.upper(), "0" * len(secret)]
    codes = [push(url, message(200 + i, 20, "假的"), forged[i % len(forged)]) for i in range(60)]
    assert set(codes) == {403}
    assert push(url, message(300, 20, "真的"), secret) == 200
    assert push(url, message(300, 20, "真的"), secret) == 200
    assert push(url, {"update_id": "1"}, secret) == 400
    assert push(url, [1], secret) == 422
    assert until(lambda: fake.texts(20)) == ["听到：真的"]
    assert [seen["message"] for seen in rasa.seen()] == ["真的"]
    assert fake.called("getUpdates") == []


def test_pushes_that_overtake_each_other_are_put_in_order(start, fake, rasa, until):
    secret = "s" * 20 + "0123456789-abcdefgh"
    url = start(telegram_webhook_url="https://example.org", telegram_webhook_secret=SecretStr(secret))
    until(lambda: fake.called("setWebhook"))
    for number in (403, 401, 405, 404, 402, 400, 403, 401, 409):
        assert push(url, message(number, 21, f"第{number}句"), secret) == 200
    until(lambda: len(fake.texts(21)) == 7)
    assert fake.texts(21) == [f"听到：第{number}句" for number in (400, 401, 402, 403, 404, 405, 409)]


def test_the_gateway_takes_messages_of_channels_only_with_the_token(gateway_url, rasa):
    body = {"user": "u", "number": 1, "message": "你好", "id": "telegram-1"}
    path = f"{gateway_url}/channels/telegram"
    assert httpx2.post(path, json=body).status_code == 404
    assert httpx2.post(path, json=body, headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert rasa.seen() == []
    token = {"Authorization": f"Bearer {SERVICE_TOKEN}"}
    for wrong in ({"user": "../x"}, {"number": "1"}, {"message": 1}, {"id": ""}, {"public": 1}):
        assert httpx2.post(path, json={**body, **wrong}, headers=token).status_code == 422
    assert httpx2.post(path, json=body, headers=token).json()["replies"][0]["text"] == "您好"
    assert httpx2.post(f"{gateway_url}/channels/web", json=body, headers=token).status_code == 422
