"""Opinions on answers: once each, masked, found again by who mends the gaps, and erased without losing the count."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.feedback.opinions import MAX_SOURCES, Opinion, Opinions
from actions.feedback.tables import answer_feedback
from actions.tickets.errors import ReportInvalid
from actions.tickets.store import Store, open_store
from tests.actions.tickets.ledger_parts import START, Hands

BAD = Opinion("web", "web-1", "turn-1", False, "海曙有多少助餐点", "70余个。", "answered", ("press-1",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    yield store
    store.close()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def opinions(store: Store, hands: Hands) -> Opinions:
    return Opinions(store, hands)


def test_the_first_opinion_on_an_answer_stays(opinions: Opinions) -> None:
    assert opinions.keep(BAD) is False
    assert opinions.keep(replace(BAD, useful=True)) is False
    (kept,) = opinions.unhelpful(START)
    assert kept.opinion == BAD
    assert opinions.keep(replace(BAD, turn="turn-2", useful=True)) is True
    assert len(opinions.unhelpful(START)) == 1


def test_ten_at_once_are_one(opinions: Opinions) -> None:
    told: list[bool] = []
    each = [replace(BAD, useful=number % 2 == 0) for number in range(10)]
    threads = [threading.Thread(target=lambda one=one: told.append(opinions.keep(one))) for one in each]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 10
    assert len(set(told)) == 1


def test_what_people_found_no_use_in_newest_first(opinions: Opinions, hands: Hands) -> None:
    for number in range(4):
        opinions.keep(replace(BAD, turn=f"turn-{number}", useful=number == 1))
        hands.move(minutes=1)
    assert [kept.opinion.turn for kept in opinions.unhelpful(START)] == ["turn-3", "turn-2", "turn-0"]
    assert [kept.opinion.turn for kept in opinions.unhelpful(START + timedelta(minutes=2), 1)] == ["turn-3"]


def test_personal_numbers_are_masked(opinions: Opinions, store: Store) -> None:
    opinions.keep(replace(BAD, question="我电话13800001234", answer="打13800001234"))
    with store.reading() as connection:
        row = connection.execute(select(answer_feedback)).one()
    assert "13800001234" not in row.question + row.answer
    assert row.question.startswith("我电话")


def test_erasing_takes_the_words_and_leaves_the_count(opinions: Opinions, store: Store, hands: Hands) -> None:
    for conversation in ("web-1", "web-2"):
        opinions.keep(replace(BAD, conversation=conversation))
    assert opinions.erase("web-1") == 1
    assert opinions.erase("web-1") == 0
    assert [kept.opinion.conversation for kept in opinions.unhelpful(START)] == ["web-2"]
    hands.move(days=91)
    assert opinions.erase_before(hands() - timedelta(days=90)) == 1
    with store.reading() as connection:
        rows = connection.execute(select(answer_feedback)).all()
    assert [(row.question, row.answer, row.useful) for row in rows] == [("", "", False)] * 2
    assert opinions.keep(BAD) is False  # what was erased is still no reason to ask again


@pytest.mark.parametrize(
    "change",
    [
        {"turn": ""},
        {"conversation": "\x00"},
        {"channel": "长" * 21},
        {"question": "长" * 4001},
        {"sources": ("x",) * (MAX_SOURCES + 1)},
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(opinions: Opinions, change: dict[str, object]) -> None:
    with pytest.raises(ReportInvalid, match=next(iter(change))):
        opinions.keep(replace(BAD, **change))
