"""What a page fetches: everything, once, whatever gets lost; nothing before its time and nothing of others."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from actions.tickets.delivery import Delivery
from actions.tickets.mailbox import MOST, Mailbox
from actions.tickets.outbox import Outbox, Pace, Quiet
from actions.tickets.store import Store, open_store
from tests.actions.tickets.ledger_parts import START, Hands
from tests.actions.tickets.senders import draft, put

PACE = Pace.load()
NIGHT = Quiet.parse("20:30-08:00")


@pytest.fixture
def store(ledger_url: str) -> Iterator[Store]:
    store = open_store(ledger_url)
    yield store
    store.close()


def test_a_page_that_loses_three_replies_in_ten_shows_each_message_once(store: Store, hands: Hands) -> None:
    outbox, mailbox, chance = Outbox(hands, NIGHT, PACE), Mailbox(store, hands), random.Random(81890)
    hands.at = START.replace(hour=22)  # a page rings no bell: it shows at night what is new
    put(store, outbox, *(draft(n, "s1", "web") for n in range(MOST + 10)), draft(1, "s2", "web"))
    shown, seen = [], []
    for _ in range(30):
        letters = mailbox.fetch("web", "s1", seen)
        if chance.random() < 0.3:
            continue  # the reply got lost
        shown += [letter.dedup for letter in letters]
        seen = [letter.id for letter in letters]
    assert shown == [f"web:s1:{n}" for n in range(MOST + 10)]
    assert Delivery(store, hands, NIGHT, PACE).undelivered() == 1
    assert [letter.dedup for letter in mailbox.fetch("web", "s2")] == ["web:s2:1"]


def test_a_page_gets_nothing_before_its_time_and_nothing_of_others(store: Store, hands: Hands) -> None:
    later = START + timedelta(hours=2)
    put(store, Outbox(hands, NIGHT, PACE), draft(1, "s1", "web", after=later), draft(2, "s1", "telegram"))
    mailbox = Mailbox(store, hands)
    assert mailbox.fetch("web", "s1") == ()
    hands.at = later
    assert [letter.dedup for letter in mailbox.fetch("web", "s1")] == ["web:s1:1"]
    assert mailbox.fetch("web", "s2", seen=range(1, 50)) == ()
    assert len(mailbox.fetch("web", "s1")) == 1


def test_a_message_that_is_due_later_is_not_passed_over(store: Store, hands: Hands) -> None:
    """The question of 回访 is written before the news that are read before it."""
    outbox, mailbox = Outbox(hands, NIGHT, PACE), Mailbox(store, hands)
    put(store, outbox, draft(1, channel="web", after=START + timedelta(hours=2)), draft(2, channel="web"))
    (first,) = mailbox.fetch("web", "s1")
    assert first.dedup == "web:s1:2"
    hands.move(hours=2)
    (later,) = mailbox.fetch("web", "s1", [first.id])
    assert later.dedup == "web:s1:1"
    assert mailbox.fetch("web", "s1", [later.id]) == ()
    assert Delivery(store, hands, NIGHT, PACE).undelivered() == 0


def test_numbers_that_no_message_has_are_nothing(store: Store, hands: Hands) -> None:
    put(store, Outbox(hands, NIGHT, PACE), draft(1, channel="web"))
    assert len(Mailbox(store, hands).fetch("web", "s1", [10**15 - 1, 0, 2**31])) == 1
