"""Who has the word: decided when the replies are written down, not when they are composed."""

from __future__ import annotations

from typing import Any

import pytest

from actions.conversations.errors import ConversationUnknown, NotYours, WordsInvalid
from actions.conversations.records import Committed, Opened, Standing
from actions.conversations.room import Room
from actions.tickets.delivery import Delivery
from actions.tickets.mailbox import Mailbox
from actions.tickets.outbox import Pace, Quiet
from actions.tickets.store import Store
from tests.actions.conversations.desk_parts import LI, REPLY, WANG, heard, make_room
from tests.actions.tickets.ledger_parts import Hands


def said(room: Room, name: str = "web-1") -> list[tuple[str, str, bool]]:
    """Who said what, and whether it was withheld."""
    return [(one.speaker, one.text, one.withheld) for one in room.inbox.show(name)[1]]


def news(room: Room, store: Store, name: str = "web-1") -> list[dict[str, Any]]:
    """What waits in the resident's mailbox."""
    return [letter.body for letter in Mailbox(store, room.pen.clock).fetch("web", f"session-{name}")]


def test_an_ordinary_turn_is_written_down_and_sent(room: Room) -> None:
    assert room.turns.open(heard("机构多少")) == Opened(1, False)
    assert room.turns.commit(heard("机构多少"), REPLY, False) == Committed(True)
    assert said(room) == [("resident", "机构多少", False), ("bot", "273个。", False)]


def test_a_person_who_came_while_the_bot_composed_is_not_talked_over(room: Room) -> None:
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    assert room.turns.commit(heard(), REPLY, False) == Committed(False, Standing("human", "王"))
    assert said(room)[-1] == ("bot", "273个。", True)


def test_a_person_who_spoke_and_left_meanwhile_has_answered(room: Room) -> None:
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    room.takeover.say("web-1", WANG, "我来答", "s1")
    room.takeover.release("web-1", WANG)
    assert not room.turns.commit(heard(), REPLY, False).sent


def test_a_person_who_came_and_left_without_a_word_has_not(room: Room) -> None:
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    room.takeover.release("web-1", WANG)
    assert room.turns.commit(heard(), REPLY, False).sent


def test_words_to_a_person_go_to_no_bot_and_danger_is_noticed(room: Room) -> None:
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    assert room.turns.open(heard("谢谢", "k2")) == Opened(3, True, False, Standing("human", "王"))
    assert room.turns.open(heard("我家着火了", "k3")).danger


def test_words_that_come_twice_are_written_once(room: Room) -> None:
    assert [room.turns.open(heard()).number for _ in range(3)] == [1, 1, 1]
    for _ in range(3):
        assert room.turns.commit(heard(), REPLY, False).sent
    assert len(said(room)) == 2


def test_a_commit_alone_writes_the_words_too(room: Room) -> None:
    assert room.turns.commit(heard("机构多少"), REPLY, False).sent
    assert [speaker for speaker, _, _ in said(room)] == ["resident", "bot"]


def test_a_lost_reply_is_not_sent_again_over_a_person(room: Room) -> None:
    room.turns.commit(heard(), REPLY, False)
    room.takeover.claim("web-1", WANG)
    assert not room.turns.commit(heard(), REPLY, False).sent
    assert [one for one in said(room) if one[0] == "bot"] == [("bot", "273个。", True)]


def test_a_lost_reply_counts_as_not_sent_once_a_person_has_the_word(room: Room) -> None:
    room.turns.commit(heard(), REPLY, False)
    room.takeover.claim("web-1", WANG)
    assert room.turns.open(heard()).held
    assert ("bot", "273个。", True) in said(room)


def test_the_place_in_the_queue_is_true_and_moves_up(room: Room, hands: Hands) -> None:
    for number in (1, 2, 3):
        hands.move(seconds=1)
        done = room.turns.commit(heard("人工", "k", f"web-{number}"), REPLY, True)
        assert done.standing == Standing("waiting", ahead=number - 1)
    assert "前面还有2位" in done.notice
    room.takeover.claim("web-1", WANG)
    assert room.turns.open(heard("还在吗", "k2", "web-3")).standing == Standing("waiting", ahead=1)
    again = room.turns.commit(heard("人工", "k3", "web-3"), REPLY, True)
    assert (again.sent, again.standing) == (True, Standing("waiting", ahead=1))


def test_who_waits_is_answered_by_the_bot(room: Room) -> None:
    room.turns.commit(heard("人工"), REPLY, True)
    assert room.turns.open(heard("机构多少", "k2")).held is False
    assert room.turns.commit(heard("机构多少", "k2"), REPLY, False).sent


def test_a_handoff_that_a_person_came_before_queues_nobody(room: Room) -> None:
    room.turns.open(heard("人工"))
    room.takeover.claim("web-1", WANG)
    assert room.turns.commit(heard("人工"), REPLY, True) == Committed(False, Standing("human", "王"))


def test_only_the_owner_speaks_hands_on_and_ends(room: Room, store: Store) -> None:
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    assert room.takeover.claim("web-1", WANG).owner == WANG.id
    for act in (room.takeover.claim, room.takeover.release, room.takeover.close):
        with pytest.raises(NotYours, match="由王接待"):
            act("web-1", LI)
    with pytest.raises(NotYours):
        room.takeover.say("web-1", LI, "我也来", "s1")
    assert [body["text"] for body in news(room, store)] == ["人工坐席 · 王 已接入，接下来由坐席回答您。"]


def test_what_an_operator_says_arrives_once_with_their_name(room: Room, store: Store) -> None:
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    for _ in range(3):
        room.takeover.say("web-1", WANG, "请打13800001234", "s1")
    (_, spoken) = news(room, store)
    assert spoken == {"text": "请打13800001234", "speaker": {"kind": "operator", "name": "王"}}
    assert said(room)[-1] == ("operator", "请打〔手机号〕", False)


def test_handing_on_needs_a_colleague_who_is_there(room: Room, hands: Hands) -> None:
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    with pytest.raises(NotYours, match="不在岗"):
        room.takeover.transfer("web-1", WANG, LI.id)
    room.presence.mark(LI, True)
    assert room.takeover.transfer("web-1", WANG, LI.id).owner_name == "李"
    with pytest.raises(NotYours):
        room.takeover.say("web-1", WANG, "还有一句", "s9")
    room.takeover.say("web-1", LI, "您好", "s2")
    hands.move(seconds=91)
    with pytest.raises(NotYours, match="不在岗"):
        room.takeover.transfer("web-1", LI, WANG.id)


def test_notes_are_for_operators_only(room: Room, store: Store) -> None:
    room.turns.open(heard())
    room.takeover.note("web-1", LI, "打过三次了，电话13800001234", "n1")
    assert said(room)[-1] == ("note", "打过三次了，电话〔手机号〕", False)
    assert news(room, store) == []


@pytest.mark.parametrize("words", ["", "  ", "长" * 1001])
def test_words_that_cannot_be_sent_are_named(room: Room, words: str) -> None:
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    with pytest.raises(WordsInvalid):
        room.takeover.say("web-1", WANG, words, "s1")


def test_a_conversation_that_is_none(room: Room) -> None:
    with pytest.raises(ConversationUnknown):
        room.takeover.claim("web-9", WANG)


def test_after_the_end_a_new_word_begins_with_the_bot(room: Room) -> None:
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    room.takeover.close("web-1", WANG)
    with pytest.raises(NotYours, match="已经结束"):
        room.takeover.say("web-1", WANG, "还有", "s1")
    assert not room.turns.open(heard("还有一事", "k2")).held


def test_words_in_a_conversation_ring_at_night_and_wait_for_no_ticket(store: Store, hands: Hands) -> None:
    hands.at = hands.at.replace(hour=22)
    room = make_room(store, hands, "每天 00:00-23:59")
    delivery = Delivery(store, hands, Quiet.parse("20:30-08:00"), Pace.load())
    room.turns.open(heard(channel="telegram"))
    with store.writing() as connection:  # ticket news of the same reader, held until the morning
        held = room.pen.load(connection, "web-1")
        room.pen.send(connection, held, "close", {"text": "工单办结"})
    room.takeover.claim("web-1", WANG)
    room.takeover.say("web-1", WANG, "您好", "s1")
    (first,) = delivery.claim("telegram")
    delivery.arrived("telegram", first.id)
    (second,) = delivery.claim("telegram")
    assert [letter.body["text"][-2:] for letter in (first, second)] == ["您。", "您好"]


def test_every_change_of_hands_stands_in_the_acts(room: Room, store: Store) -> None:
    room.turns.commit(heard("人工"), REPLY, True)
    room.takeover.claim("web-1", WANG)
    room.presence.mark(LI, True)
    room.takeover.transfer("web-1", WANG, LI.id)
    room.takeover.release("web-1", LI)
    with store.reading() as connection:
        from actions.conversations.tables import desk_acts

        rows = connection.execute(desk_acts.select().order_by(desk_acts.c.id)).all()
    assert [(row.act, row.operator, row.owner, row.epoch) for row in rows] == [
        ("wait", "", "", 1),
        ("claim", "1", "1", 2),
        ("transfer", "1", "2", 3),
        ("release", "2", "", 4),
    ]
