"""The benchmark's two ways, on a small stack: every turn is answered and timed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis

from benchmarks.telegram import OverTelegram, OverTheWeb, measure, p95, report
from tests.fake_telegram import FakeTelegram


def test_both_ways_are_asked_in_turn_and_every_reply_is_timed(
    start: Callable[..., str], fake: FakeTelegram, rasa: Any, gateway_url: str, redis_url: str
) -> None:
    start()
    with redis.Redis.from_url(redis_url) as spool:
        telegram = OverTelegram(fake, 3, lambda: spool.xlen("tg:in") == 0)
        found = measure([telegram, OverTheWeb(gateway_url, 3)], ["一", "二", "三"])
    assert [len(seconds) for seconds in found.values()] == [6, 6]
    assert all(0 < second < 60 for seconds in found.values() for second in seconds)
    said = [seen["message"] for seen in rasa.seen()]
    assert [said.count(word) for word in ("一", "二", "三")] == [6, 6, 6]
    senders = {seen["sender"] for seen in rasa.seen()}
    assert len(senders) == 6, "a browser keeps its session"
    assert "| ratio |" in report(found, 3)


def test_the_95th_percentile() -> None:
    assert p95([float(n) for n in range(101)]) == 95
