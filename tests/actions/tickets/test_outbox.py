"""Messages arrive, in order, none twice to the reader, and not at night; whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta

import pytest

from actions.tickets.delivery import Delivery
from actions.tickets.moment import LOCAL
from actions.tickets.outbox import Outbox, Pace, Quiet
from actions.tickets.store import Store, open_store
from tests.actions.tickets.ledger_parts import START, Hands
from tests.actions.tickets.senders import FlakyPhone, draft, put

PACE = Pace.load()
NIGHT = Quiet.parse("20:30-08:00")
ALWAYS = Quiet.parse("")


@pytest.fixture
def store(ledger_url: str) -> Iterator[Store]:
    store = open_store(ledger_url)
    yield store
    store.close()


def test_with_a_channel_that_fails_three_times_in_ten_each_message_arrives_once(
    store: Store, hands: Hands
) -> None:
    outbox = Outbox(hands, ALWAYS, PACE)
    delivery = Delivery(store, hands, ALWAYS, PACE)
    drafts = [
        draft(n, f"s{s}", channel) for channel in ("telegram", "sms") for s in range(8) for n in range(10)
    ]
    put(store, outbox, *drafts)
    phones = {"telegram": FlakyPhone(0.3), "sms": FlakyPhone(0.3, lost=0.2, seed=7)}
    rounds = 0
    while delivery.undelivered():
        delivery.deliver(phones)
        hands.move(seconds=20)
        rounds += 1
        assert rounds < 20_000
    for channel, phone in phones.items():
        assert phone.shown == {f"s{s}": [f"{channel}:s{s}:{n}" for n in range(10)] for s in range(8)}
        assert phone.calls > 80  # it did fail


def test_a_message_is_written_with_what_it_announces_or_not_at_all(store: Store, hands: Hands) -> None:
    outbox = Outbox(hands, ALWAYS, PACE)

    def midway() -> None:
        with store.writing() as connection:
            outbox.put(connection, draft(1))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        midway()
    assert Delivery(store, hands, ALWAYS, PACE).undelivered() == 0


def test_the_same_key_writes_nothing_more(store: Store, hands: Hands) -> None:
    outbox = Outbox(hands, ALWAYS, PACE)
    assert put(store, outbox, draft(1), draft(1), draft(2)) == [True, False, True]
    assert Delivery(store, hands, ALWAYS, PACE).undelivered() == 2


def test_the_waits_grow_and_have_an_end(store: Store, hands: Hands) -> None:
    assert [PACE.wait(n).total_seconds() for n in (1, 2, 3, 5)] == [30, 60, 120, 480]
    assert PACE.wait(5000).total_seconds() == PACE.longest_wait_seconds
    put(store, Outbox(hands, ALWAYS, PACE), draft(1))
    dead = FlakyPhone(1.0)
    for _ in range(200):
        Delivery(store, hands, ALWAYS, PACE).deliver({"telegram": dead})
        hands.move(seconds=30)
    assert dead.calls == 8  # within 100 minutes: at 0, 30, 90, 210, 450, 930, 1890, 3810 seconds


def test_after_a_month_it_is_not_tried_any_more_but_not_forgotten(store: Store, hands: Hands) -> None:
    put(store, Outbox(hands, ALWAYS, PACE), draft(1))
    hands.move(days=PACE.try_for_days + 1)
    phone = FlakyPhone(0.0)
    delivery = Delivery(store, hands, ALWAYS, PACE)
    assert (delivery.deliver({"telegram": phone}), delivery.undelivered(), phone.calls) == (0, 1, 0)


def test_of_processes_that_send_at_once_one_sends(store: Store, hands: Hands) -> None:
    put(store, Outbox(hands, ALWAYS, PACE), *(draft(1, f"s{n}") for n in range(12)))
    phone = FlakyPhone(0.0)
    with ThreadPoolExecutor(4) as pool:
        sent = list(
            pool.map(lambda _: Delivery(store, hands, ALWAYS, PACE).deliver({"telegram": phone}), range(4))
        )
    assert (sum(sent), phone.calls) == (12, 12)


def test_a_crash_before_the_mark_sends_again_with_the_same_key(store: Store, hands: Hands) -> None:
    put(store, Outbox(hands, ALWAYS, PACE), draft(1))

    class Dies(FlakyPhone):
        def send(self, letter: object) -> None:
            raise KeyboardInterrupt  # not an error of the channel: the process ends here

    with pytest.raises(KeyboardInterrupt):
        Delivery(store, hands, ALWAYS, PACE).deliver({"telegram": Dies(0)})
    phone = FlakyPhone(0.0)
    assert Delivery(store, hands, ALWAYS, PACE).deliver({"telegram": phone}) == 0
    hands.move(seconds=31)
    assert Delivery(store, hands, ALWAYS, PACE).deliver({"telegram": phone}) == 1
    assert phone.shown == {"s1": ["telegram:s1:1"]}


@pytest.mark.parametrize(
    ("now", "rings"),
    [
        ("2026-11-23 20:29", "2026-11-23 20:29"),
        ("2026-11-23 20:30", "2026-11-24 08:00"),
        ("2026-11-23 23:59", "2026-11-24 08:00"),
        ("2026-11-24 00:00", "2026-11-24 08:00"),
        ("2026-11-24 07:59", "2026-11-24 08:00"),
        ("2026-11-24 08:00", "2026-11-24 08:00"),
    ],
)
def test_nothing_rings_at_night(now: str, rings: str) -> None:
    moments = [datetime.fromisoformat(text).replace(tzinfo=LOCAL) for text in (now, rings)]
    assert NIGHT.over(moments[0]) == moments[1]
    assert ALWAYS.over(moments[0]) == moments[0]


def test_quiet_hours_within_a_day_and_as_they_are_written() -> None:
    noon = Quiet.parse("12:00-14:00")
    assert noon.over(START.replace(hour=13)) == START.replace(hour=14, minute=0)
    assert noon.over(START.replace(hour=14)) == START.replace(hour=14)
    assert Quiet(time(20, 30), time(8)) == NIGHT
    for wrong in ("abends", "25:00-08:00", "20:30"):
        with pytest.raises(ValueError):  # noqa: PT011 - the text comes from time itself
            Quiet.parse(wrong)


def test_what_was_written_or_failed_in_the_evening_rings_in_the_morning(store: Store, hands: Hands) -> None:
    hands.at = START.replace(hour=20, minute=29)
    outbox, delivery = Outbox(hands, NIGHT, PACE), Delivery(store, hands, NIGHT, PACE)
    put(store, outbox, draft(1))
    assert delivery.deliver({"telegram": FlakyPhone(1.0)}) == 0
    hands.move(minutes=31)
    put(store, outbox, draft(1, "s2"))
    phone = FlakyPhone(0.0)
    assert delivery.deliver({"telegram": phone}) == 0
    hands.at = START.replace(hour=7, minute=59) + timedelta(days=1)
    assert (delivery.deliver({"telegram": phone}), phone.calls) == (0, 0)
    hands.move(minutes=1)
    assert delivery.deliver({"telegram": phone}) == 2
