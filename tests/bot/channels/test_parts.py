"""Splitting, addresses, the log, the spool, the buttons: each by itself."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from actions.tickets.sealing import Sealer
from bot.channels.address import Addresses
from bot.channels.channel import Bubble, Button
from bot.channels.chats import Chats
from bot.channels.discretion import Discretion
from bot.channels.errors import AddressUnknown
from bot.channels.split import split
from bot.channels.telegram.spool import OrderedSpool
from bot.channels.telegram.tuning import Tuning
from bot.channels.telegram.webhook import derived_secret
from bot.channels.telegram.wording import wording
from tests.fake_telegram import TOKEN, message

KEYS = ["key-for-tests-0123456789-abcdefghij", "old-key-for-tests-0123456789-abcdef"]


@pytest.fixture
async def redis(redis_url):
    client = Redis.from_url(redis_url, decode_responses=True)
    yield client
    await client.aclose()


def spool(redis, **changes):
    return OrderedSpool(redis, Sealer(KEYS), Tuning(**{**vars(Tuning.load()), **changes}))


def test_a_text_is_cut_at_the_end_of_a_sentence():
    assert split("甲乙丙。丁戊己。庚辛", 8) == ("甲乙丙。丁戊己。", "庚辛")
    assert split("One two. Three four.", 12) == ("One two.", "Three four.")
    assert split("甲乙丙丁戊己", 4) == ("甲乙丙丁", "戊己")


@given(text=st.text(), most=st.integers(2, 60))
def test_cutting_loses_only_white_space(text, most):
    pieces = split(text, most)
    assert all(0 < len(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_an_address_is_the_same_every_time_and_opens_with_an_old_key():
    addresses = Addresses("telegram", KEYS)
    hidden = addresses.hide("735551234")
    assert hidden == addresses.hide("735551234") != addresses.hide("735551235")
    assert "735551234" not in hidden
    assert addresses.show(f"telegram-{hidden}") == "735551234"
    old = Addresses("telegram", KEYS[1:]).hide("-100")
    assert addresses.show(f"telegram-{old}") == "-100"


@pytest.mark.parametrize("session", ["", "web-abc", "telegram-", "telegram-abc", "telegram-钱", "session-1"])
def test_an_address_of_somewhere_else_is_refused(session):
    with pytest.raises(AddressUnknown):
        Addresses("telegram", KEYS).show(session)
    with pytest.raises(AddressUnknown):
        Addresses("other", KEYS).show(f"telegram-{Addresses('telegram', KEYS).hide('1')}")


def test_the_token_stands_in_no_line_of_the_log(caplog):
    caplog.handler.addFilter(Discretion(TOKEN))
    try:
        raise ValueError(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except ValueError:
        logging.getLogger("telegram").exception("call of %s failed", f"/bot{TOKEN}/sendMessage")
    assert "call of /bot…/sendMessage failed" in caplog.text
    assert TOKEN not in caplog.text


def test_the_derived_secret_is_one_that_telegram_takes():
    assert len(derived_secret("a" * 40)) == 64
    assert derived_secret("a" * 40) != derived_secret("b" * 40)


def test_every_sentence_stands_in_both_languages():
    words = wording().entries
    assert all(set(texts) == {"zh", "en"} for texts in (*words["says"].values(), *words["commands"].values()))
    assert all({"zh", "en"} <= set(button) for row in words["buttons"].values() for button in row)


async def test_an_update_is_kept_once_and_not_in_clear(redis):
    box = spool(redis)
    await box.open()
    assert await box.accept([message(5, 1, "打13812345678")] * 3, in_order=True) == 1
    assert await box.accept([message(5, 1, "打13812345678")], in_order=False) == 0
    assert "13812345678" not in str(await redis.xrange("tg:in"))
    (entry,) = [*await box.take(10), *await box.take(10)]
    assert entry.update["message"]["text"] == "打13812345678"


async def test_what_was_taken_and_not_finished_comes_again_after_a_restart(redis):
    first = spool(redis)
    await first.open()
    await first.accept([message(n, 1, "话") for n in (1, 2, 3)], in_order=True)
    taken = [*await first.take(10), *await first.take(10)]
    await first.keep("1", [Bubble("一"), Bubble("二")])
    await first.sent("1", 1)
    await first.done(taken[1])
    second = spool(redis)
    await second.open()
    assert [entry.id for entry in await second.take(10)] == ["1", "3"]
    reply = await second.reply("1")
    assert reply is not None
    assert (reply.bubbles[reply.sent].text, await second.reply("3")) == ("二", None)


async def test_what_is_done_leaves_nothing_behind_but_its_number(redis):
    box = spool(redis)
    await box.open()
    await box.accept([message(1, 1, "话")], in_order=False)
    await box.accept([message(2, 1, "话")], in_order=True)
    assert await spool(redis, hold_seconds=0).ripen() == 0
    for _ in range(2):
        for entry in await box.take(10):
            await box.keep(entry.id, [Bubble("一")])
            await box.done(entry)
    assert sorted(await redis.keys("tg:*")) == ["tg:in", "tg:next", "tg:seen:1", "tg:seen:2"]
    assert await redis.xlen("tg:in") == 0


async def test_a_later_update_waits_for_those_before_it_and_not_for_ever(redis):
    box = spool(redis, hold_seconds=60)
    await box.open()
    await box.accept([message(10, 1, "话")], in_order=True)
    for number in (13, 12):
        await box.accept([message(number, 1, "话")], in_order=False)
    assert await box.ripen() == 2
    await box.accept([message(11, 1, "话")], in_order=False)
    await box.accept([message(20, 1, "话")], in_order=False)
    assert await spool(redis, hold_seconds=0).ripen() == 0
    await box.accept([message(9, 1, "晚到")], in_order=False)
    await box.accept([message(21, 1, "话")], in_order=False)
    passed = [fields["id"] for _, fields in await redis.xrange("tg:in")]
    assert passed == ["10", "11", "12", "13", "20", "9", "21"]


async def test_a_press_counts_for_its_own_update_again_and_for_no_other(redis):
    chats = Chats(redis, "tg", 60, 60)
    yes, no, link = await chats.offer(
        [Button("有用", "有用", group="f"), Button("没用", "没用", group="f"), Button("看", url="u")]
    )
    assert link == ""
    assert len(yes.encode()) <= 64
    assert await chats.press(yes, "1") == "有用"
    assert await chats.press(yes, "1") == "有用"
    assert await chats.press(yes, "2") is None
    assert await chats.press(no, "3") is None
    assert await chats.left([yes, no]) == frozenset()
    assert await chats.press("nonsense", "4") is None


async def test_who_stopped_or_blocked_is_silent_until_they_write(redis):
    chats = Chats(redis, "tg", 60, 60)
    await chats.stop("a")
    await chats.block("b")
    assert [await chats.silent(user) for user in ("a", "b", "c")] == [True, True, False]
    await chats.wrote("a")
    await chats.wrote("b")
    assert [await chats.silent(user) for user in ("a", "b")] == [False, False]


async def test_a_conversation_goes_on_until_it_begins_anew(redis):
    chats = Chats(redis, "tg", 60, 60)
    first = await chats.conversation("a")
    assert await chats.conversation("a") == first
    await chats.begin("a")
    assert await chats.conversation("a") > first


async def test_half_a_surrogate_pair_passes_through_the_spool(redis):
    box = spool(redis)
    await box.open()
    await box.accept([message(1, 1, "半\ud83d个")], in_order=True)
    (entry,) = [*await box.take(10), *await box.take(10)]
    assert entry.update["message"]["text"] == "半\ud83d个"


async def test_what_a_lost_key_sealed_is_told_and_holds_nothing_up(redis, caplog):
    box = spool(redis)
    await box.open()
    await box.accept([message(1, 1, "话")], in_order=True)
    other = OrderedSpool(redis, Sealer([KEYS[1]]), Tuning.load())
    await other.open()
    (entry,) = [*await other.take(10), *await other.take(10)]
    assert entry.update == {}
    assert "update 1 is lost" in caplog.text
