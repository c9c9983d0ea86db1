"""Waits that end, operators that vanish, the desk's hours, and texts that go when they are to go."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from actions.conversations.room import Room
from actions.conversations.tables import utterances
from actions.tickets.mailbox import Mailbox
from actions.tickets.moment import LOCAL
from actions.tickets.store import Store
from actions.tickets.tables import outbox
from tests.actions.conversations.desk_parts import LI, REPLY, WANG, heard, make_room
from tests.actions.tickets.ledger_parts import Hands


def texts(room: Room, store: Store, name: str = "web-1") -> list[str]:
    return [one.body["text"] for one in Mailbox(store, room.pen.clock).fetch("web", f"session-{name}")]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23 10:00", "nobody"),
        ("2026-11-23 07:00", "closed"),
        ("2026-11-22 10:00", "closed"),
        ("2026-10-01 10:00", "holiday"),
        ("2026-02-14 10:00", "nobody"),
    ],
)
def test_why_nobody_is_there(store: Store, hands: Hands, moment: str, expected: str) -> None:
    hands.at = datetime.fromisoformat(moment).replace(tzinfo=LOCAL)
    assert make_room(store, hands).presence.opening() == expected


def test_on_duty_means_marked_and_heard_of(room: Room, hands: Hands) -> None:
    room.presence.mark(WANG, True)
    assert room.presence.opening() == "open"
    hands.move(seconds=89)
    room.presence.seen(WANG)
    hands.move(seconds=89)
    assert room.presence.on_duty() == (WANG,)
    hands.move(seconds=2)
    assert room.presence.opening() == "nobody"
    room.presence.seen(WANG)
    assert room.presence.opening() == "open"
    room.presence.mark(WANG, False)
    assert room.presence.opening() == "nobody"


def test_a_wait_that_takes_too_long_ends_with_an_offer(room: Room, store: Store, hands: Hands) -> None:
    room.presence.mark(WANG, True)
    room.turns.commit(heard("人工"), REPLY, True)
    for _ in range(30):
        hands.move(minutes=1)
        room.presence.seen(WANG)
        room.care.round()
    assert room.inbox.count("1").waiting == 1
    hands.move(minutes=1)
    room.presence.seen(WANG)
    room.care.round()
    assert room.inbox.count("1").waiting == 0
    assert "回电" in texts(room, store)[-1]


def test_when_everybody_has_left_nobody_waits(room: Room, store: Store, hands: Hands) -> None:
    hands.move(minutes=5)
    room.turns.commit(heard("人工"), REPLY, True)
    room.care.round()
    assert room.inbox.count("1").waiting == 0
    assert "没有坐席在岗" in texts(room, store)[-1]


def test_right_after_a_restart_pages_get_time_to_come_back(room: Room, hands: Hands) -> None:
    room.turns.commit(heard("人工"), REPLY, True)
    room.turns.open(heard(name="web-2"))
    room.takeover.claim("web-2", WANG)
    room.care.round()
    assert (room.inbox.count(WANG.id).waiting, room.inbox.count(WANG.id).mine) == (1, 1)


def test_whose_operator_vanished_waits_ahead_of_all_others(room: Room, store: Store, hands: Hands) -> None:
    hands.move(seconds=1)
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    hands.move(seconds=200)
    room.presence.mark(LI, True)
    room.turns.commit(heard("人工", name="web-2"), REPLY, True)
    room.care.round()
    assert room.inbox.count(WANG.id).mine == 1
    hands.move(seconds=120)
    room.presence.seen(LI)
    room.care.round()
    assert [line.conversation.id for line in room.inbox.list("waiting", LI.id)] == ["web-1", "web-2"]
    assert "排回最前面" in texts(room, store)[-1]


def test_what_nobody_touches_is_closed(room: Room, hands: Hands) -> None:
    room.turns.open(heard())
    hands.move(hours=12, minutes=1)
    room.care.round()
    assert room.inbox.show("web-1")[0].state == "closed"


def test_texts_go_after_ninety_days_and_the_counts_stay(room: Room, store: Store, hands: Hands) -> None:
    room.turns.commit(heard("机构多少"), REPLY, False)
    room.takeover.claim("web-1", WANG)
    room.takeover.say("web-1", WANG, "您好", "s1")
    hands.move(days=89)
    room.care.round()
    assert room.inbox.show("web-1")[1][0].text == "机构多少"
    hands.move(days=92)
    room.care.round()
    held, said = room.inbox.show("web-1")
    assert (held.state, held.length, held.mood) == ("closed", len(said), "")
    assert {(one.text, one.answer, one.erased) for one in said} == {("", "", True)}
    with store.reading() as connection:
        assert connection.execute(select(outbox)).all() == []


def test_forgetting_takes_every_word_of_the_session_and_no_other(room: Room, store: Store) -> None:
    room.turns.commit(heard("我的事"), REPLY, False)
    room.takeover.claim("web-1", WANG)
    room.takeover.say("web-1", WANG, "您好", "s1")
    room.turns.open(heard("别人的事", name="web-2"))
    assert room.care.forget("session-web-1", "web-1") == ("web-1",)
    with store.reading() as connection:
        left = [row.text for row in connection.execute(select(utterances)) if row.text]
    assert (left, texts(room, store)) == (["别人的事"], [])
    assert room.inbox.show("web-1")[0].state == "closed"
    assert room.care.forget("session-web-9", "web-9") == ("web-9",)


def test_what_is_composed_while_all_is_erased_is_not_written(room: Room) -> None:
    room.turns.open(heard("我的事"))
    room.care.forget("session-web-1", "web-1")
    assert not room.turns.commit(heard("我的事"), REPLY, False).sent
    assert [one.text for one in room.inbox.show("web-1")[1]] == [""]


def test_another_conversation_ends_the_one_before(room: Room) -> None:
    room.turns.commit(heard("人工"), REPLY, True)
    assert room.care.end("web-1")
    assert room.inbox.count("1").waiting == 0
    assert not room.care.end("web-9")
