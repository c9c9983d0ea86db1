"""What the load benchmark says of runs: its figures, its bounds, and that it notices what is wrong."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.load.figures import Run, run, used
from benchmarks.load.overload import Flood, Sending
from benchmarks.load.replicas import report as replica_report
from benchmarks.load.replicas import total
from benchmarks.load.report import broken, report
from benchmarks.load.soak import Soaked
from benchmarks.load.soak import broken as soak_broken
from benchmarks.load.talks import LENGTH, talks
from benchmarks.load.ways import Turn, WebChat, client, judged
from bot.gateway.wire import Reply


def runs(rate: float, seconds: float, kind: Any = "answered") -> Run:
    return Run(tuple(Turn(seconds, kind) for _ in range(100)), 100 / rate, {"rasa": 2.0})


def test_talks_are_the_same_at_every_run_and_differ_among_themselves() -> None:
    asked = [f"问{n}" for n in range(100)]
    assert talks(20, asked) == talks(20, asked)
    assert talks(20, asked, "another") != talks(20, asked)
    assert len(set(talks(20, asked))) == 20
    assert {len(talk) for talk in talks(20, asked)} == {LENGTH}


class Chat:
    """Takes part in a run; notes how many talk at once."""

    now, most = 0, 0

    async def say(self, text: str) -> Turn:
        Chat.now += 1
        Chat.most = max(Chat.most, Chat.now)
        await asyncio.sleep(0.002)
        Chat.now -= 1
        return Turn(0.001, "answered")


class Way:
    name = "web"

    def chat(self) -> Chat:
        return Chat()


async def test_so_many_talk_at_once_and_everything_is_said() -> None:
    done = await run(Way(), [("一", "二")] * 7, 3, {"me": os.getpid()})
    assert Chat.most == 3
    assert len(done.turns) == 14
    assert done.cpu["me"] >= 0
    assert used(os.getpid()) > 0


def test_the_bounds_can_be_missed() -> None:
    bare = {"echo": runs(100, 0.5), "echo, our stores": runs(120, 0.4)}
    enough = {"web": runs(60, 1.0), "Telegram": runs(60, 1.0)}
    good = {50: {**bare, **enough, "web, new texts": runs(50, 1.5)}}
    assert broken(good, None) == []
    for name in enough:
        slow = {50: {**bare, **enough, name: runs(59, 1.01)}}
        assert [line.partition(":")[0] for line in broken(slow, None)] == [name, name]
    silent = {50: {**bare, **enough, "web": runs(60, 1.0, "empty")}}
    assert "100 empty or failed" in broken(silent, None)[0]
    assert "| 50 | web | 100 | 60.0 | 1000 | 1000 | 0.60 | 2.00 |" in (text := report(good, None, LENGTH))
    assert "with the product's stores: 0.50 of its rate, p95 2.50 times its" in text
    assert "asked any of the questions before: 0.50 of the echo's rate, p95 3.00 times its" in text


def test_an_overload_that_loses_or_lingers_is_told() -> None:
    chat = WebChat(client(), "")
    answered = [Sending(chat, str(n), 1.0, "answered", 200) for n in range(10)]
    refused = [Sending(chat, str(n), 0.05, None, 503) for n in range(10)]
    late = [Sending(chat, str(n), 0.5, None, 503) for n in range(10)]
    assert broken({}, Flood((*answered, *refused), 1, 0)) == []
    assert broken({}, Flood((*answered, *late), 1, 0)) == ["turned away after 500 ms"]
    assert broken({}, Flood((*answered, *refused), 1, 2)) == ["overload: 2 lost, 0 failed"]


@pytest.mark.parametrize(
    ("status", "notice", "retry", "kind"),
    [
        (200, "", "", "answered"),
        (503, "busy", "5", None),
        (429, "rate_limited", "5", None),
        (503, "apology", "5", "failed"),
        (500, "apology", "", "failed"),
        (200, "forms_unavailable", "", "alone"),
    ],
)
def test_what_a_reply_is(status: int, notice: str, retry: str, kind: str | None) -> None:
    headers = {"Retry-After": retry} if retry else {}
    body = {"replies": [{"text": "说", **({"notice": notice} if notice else {})}]}
    assert judged(Reply(status, headers, json.dumps(body).encode())) == kind
    assert judged(Reply(200, {}, b'{"replies": []}')) == "empty"


def test_a_process_that_grows_and_a_key_that_stays_are_told() -> None:
    turns = (Turn(0.1, "answered"),) * 10
    flat = tuple({"rasa": 500.0, "gateway": 100.0} for _ in range(40))
    grown = tuple({"rasa": 500.0, "gateway": 100.0 + n} for n in range(40))
    assert soak_broken(Soaked(turns, 400, flat, 5, Counter(), 1000), 20) == []
    (line,) = soak_broken(Soaked(turns, 400, grown, 5, Counter(), 1000), 20)
    assert line.startswith("gateway grew by")
    (line,) = soak_broken(Soaked(turns, 400, flat, 5, Counter({"turns:": 3}), 1000), 20)
    assert line == "3 keys turns:… never expire"


def test_what_two_of_each_would_get_through() -> None:
    one = replace(runs(100, 0.5), cpu={"gateway": 0.5, "rasa": 1.0, "service": 0.4, "valkey": 0.1})
    two = replace(one, cpu={**one.cpu, "rasa": 0.6, "rasa-2": 0.6, "service-2": 0.2})
    found = {1: one, 2: two}
    assert (total(one), total(two)) == (pytest.approx(20), pytest.approx(24))
    assert "1.67 times as much" in replica_report(found, 50)
    assert "| 2 | 100 | 100.0 | 500 | 0 | 5.0 | 12.0 | 6.0 | 1.0 | 24.0 |" in replica_report(found, 50)
