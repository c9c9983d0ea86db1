"""``make bench-telegram``: how long a turn takes over Telegram, beside the same turn through ``POST /api/chat``.

The real processes are started, with a fake Bot API in Telegram's place. In each round all chats send the same question
at once, first over one way and then over the other; which comes first changes from round to round. Over Telegram the
time runs from the moment the platform gives the update out to the moment the last bubble of its reply is sent.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import httpx2
import redis

from actions.bootstrap import load_corpus
from actions.settings import Settings, load_settings
from benchmarks.record import commit, write_section
from bot.channels.telegram.app import create_app
from tests.fake_telegram import TOKEN, FakeTelegram, message
from tests.killable import Killable
from tests.serving import serving
from tests.stack import Stack, start, stop

SEED = 7
MOST_SECONDS = 120
BOUND = 1.3
# On a busy machine twenty turns at once outlast the limits of a resident's patience: an apology is no turn to compare.
PATIENCE = {"answer_timeout": 60.0, "action_timeout": 90.0, "rasa_timeout": 120.0, "lock_lifetime": 150}


class Way(Protocol):
    """One way to ask."""

    name: str

    def ask(self, question: str) -> list[float]:
        """Have every chat ask it at once; the seconds each waited."""


class OverTelegram:
    """:param settled: whether nothing is being worked on any more."""

    name = "Telegram"

    def __init__(self, fake: FakeTelegram, chats: int, settled: Callable[[], bool]) -> None:
        self._fake, self._chats, self._settled = fake, chats, settled
        self._next = 1

    def ask(self, question: str) -> list[float]:
        """See :class:`Way`."""
        mine = {self._next + n: n + 1 for n in range(self._chats)}
        self._next += self._chats
        before, end = len(self._fake.sent), time.monotonic() + MOST_SECONDS
        self._fake.put(*(message(id_, chat, question) for id_, chat in mine.items()))
        while len(self._answered(before)) < self._chats or not self._settled():
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self._answered(before))} of {self._chats} chats were answered")
            time.sleep(0.01)
        last = self._answered(before)
        return [last[str(chat)] - self._fake.given[id_] for id_, chat in mine.items()]

    def _answered(self, before: int) -> dict[str, float]:
        return {one.chat: one.at for one in self._fake.sent[before:]}


class OverTheWeb:
    """As many browsers as chats, each with its own session."""

    name = "POST /api/chat"

    def __init__(self, address: str, chats: int) -> None:
        self._address = address
        self._cookies: list[dict[str, str]] = [{} for _ in range(chats)]

    def ask(self, question: str) -> list[float]:
        """See :class:`Way`."""
        return asyncio.run(self._all(question))

    async def _all(self, question: str) -> list[float]:
        async with httpx2.AsyncClient(timeout=MOST_SECONDS, trust_env=False) as http:
            await asyncio.gather(*(http.get(f"{self._address}/healthz") for _ in self._cookies))
            asked = (self._one(http, chat, question) for chat in range(len(self._cookies)))
            return list(await asyncio.gather(*asked))

    async def _one(self, http: httpx2.AsyncClient, chat: int, question: str) -> float:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies[chat].items())
        body, headers = {"message": question}, {"Cookie": cookie} if cookie else {}
        begin = time.monotonic()
        response = await http.post(f"{self._address}/api/chat", json=body, headers=headers)
        seconds = time.monotonic() - begin
        self._cookies[chat] |= dict(response.raise_for_status().cookies)
        return seconds


def measure(ways: Sequence[Way], questions: Sequence[str]) -> dict[str, list[float]]:
    """Every way's seconds, all chats and rounds; the first question only warms up."""
    found: dict[str, list[float]] = {way.name: [] for way in ways}
    for turn, question in enumerate(questions):
        for way in ways if turn % 2 else reversed(ways):
            seconds = way.ask(question)
            if turn:
                found[way.name] += seconds
    return found


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def chosen(rounds: int) -> list[str]:
    """Questions of the corpus, the same at every run."""
    texts = sorted({ask.text for ask in load_corpus(load_settings()).asks})
    return random.Random(SEED).sample(texts, rounds + 1)


@contextmanager
def channel(stack: Stack, fake: FakeTelegram, log: Path) -> Iterator[int]:
    """The bot's process beside a stack; yields its id."""
    with serving(fake.app) as api:
        settings = Settings(
            _env_file=stack.var_dir / "secrets.env",
            var_dir=stack.var_dir,
            telegram_token=TOKEN,
            telegram_api_url=api,
            gateway_url=stack.address,
            service_url=stack.service,
            redis_url=stack.redis_url,
            rasa_timeout=PATIENCE["rasa_timeout"],
            answer_timeout=PATIENCE["answer_timeout"],
        )
        process = Killable(create_app, (settings,), log, {"PTB_TIMEDELTA": "1"}).start()
        assert process.pid is not None
        yield process.pid
        process.terminate()
        process.join(20)


def report(found: dict[str, list[float]], chats: int) -> str:
    """The figures as Markdown."""
    telegram, web = found[OverTelegram.name], found[OverTheWeb.name]
    lines = [
        f"{chats} chats at once, {len(web) // chats} rounds, {len(web)} turns each way",
        "",
        "| ms from question to reply | p50 | p95 |",
        "|---|---|---|",
        *(
            f"| {name} | {1000 * statistics.median(seconds):.0f} | {1000 * p95(seconds):.0f} |"
            for name, seconds in found.items()
        ),
        f"| ratio | {statistics.median(telegram) / statistics.median(web):.2f} | {p95(telegram) / p95(web):.2f} |",
        "",
        f"Bound for the ratio of the p95: {BOUND}.",
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write if told to; 1 when the bound is not kept."""
    options, measured = _options(arguments), commit()
    with tempfile.TemporaryDirectory() as folder:
        limits = {"rate_posts_per_minute": 100_000, "rate_conversations": 100_000, **PATIENCE}
        stack = start(Path(folder), {name.upper(): str(value) for name, value in limits.items()})
        try:
            fake = FakeTelegram(seed=SEED)
            spool = redis.Redis.from_url(stack.redis_url)
            with channel(stack, fake, Path(folder) / "telegram.log"), spool:
                telegram = OverTelegram(fake, options.chats, lambda: spool.xlen("tg:in") == 0)
                ways: list[Way] = [telegram, OverTheWeb(stack.address, options.chats)]
                found = measure(ways, chosen(options.rounds))
        finally:
            stop(stack)
    text = report(found, options.chats)
    print(text)
    if options.out:
        write_section(
            options.out, "Telegram", "make bench-telegram OUT=benchmarks/RESULTS.md", measured, text
        )
    return int(p95(found[OverTelegram.name]) > BOUND * p95(found[OverTheWeb.name]))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=20, help="so many at once")
    parser.add_argument("--rounds", type=int, default=12, help="questions a chat asks")
    parser.add_argument("--out", type=Path, help="also write the figures into this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
