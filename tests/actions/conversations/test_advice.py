"""Suggestions are verified answers; what an operator types is held against the same sources."""

from __future__ import annotations

import pytest

from actions.conversations.records import BotReply
from actions.conversations.room import Room
from tests.actions.conversations.desk_parts import heard


@pytest.fixture
def said(room: Room):
    cited = {"citations": [{"title": "标题", "quote": "", "passage_text": "助餐点51个"}]}
    room.turns.commit(heard("12号楼有多少机构"), (BotReply("51个", cited),), False)
    return room.inbox.show("web-1")[1]


def test_the_suggestion_is_the_pipelines_answer(room: Room, said) -> None:
    answer = room.advice.suggest(said)
    assert answer
    assert "273个" in answer.text
    assert room.advice.suggest(said, "天气怎么样") is None


@pytest.mark.parametrize(
    ("words", "unproved"),
    [
        ("您好，请稍等", ()),
        ("一共273个", ()),
        ("助餐点51个", ()),
        ("12号楼那边我问一下", ()),
        ("请打81890，着急打110", ()),
        ("一共274个", ("274",)),
        ("要交300元，到镇海办", ("300", "镇海")),
        ("累计建成居家养老服务机构273个。", ()),
    ],
)
def test_numbers_and_places_need_a_source(room: Room, said, words: str, unproved: tuple[str, ...]) -> None:
    assert room.advice.unproved(words, said) == unproved
