"""Sends canaries through the running product by all its ways, then looks for them everywhere."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.faults.canaries.numbers import Canary, canaries
from tests.faults.canaries.places import keeps_places, left_behind
from tests.faults.canaries.traces import Finder
from tests.faults.canaries.ways import Ways, spread
from tests.product import Product

SENDERS = 3
PLAIN_MISSES, DISGUISED_MISSES = 0.005, 0.05


@dataclass(frozen=True)
class Leak:
    """A canary that was found where it must not be."""

    canary: Canary
    way: str
    where: str


@dataclass(frozen=True)
class Result:
    """What came of it."""

    seed: int
    sent: Counter[str]  # "plain", "disguised", "address"
    ways: Counter[str]
    leaks: tuple[Leak, ...]
    looked: int  # pieces that were looked through
    bytes: int
    seconds: float

    def missed(self, sort: str) -> int:
        """How many canaries of a sort were found anywhere."""
        return len({leak.canary for leak in self.leaks if sort_of(leak.canary) == sort})

    @property
    def held(self) -> bool:
        """Whether the promised shares were kept."""
        limits = {"plain": PLAIN_MISSES, "disguised": DISGUISED_MISSES, "address": 0.0}
        return all(self.missed(sort) <= share * self.sent[sort] for sort, share in limits.items())

    def __str__(self) -> str:
        found = ", ".join(
            f"{sort} {self.missed(sort)} of {count}" for sort, count in sorted(self.sent.items())
        )
        ways = ", ".join(f"{name} {count}" for name, count in sorted(self.ways.items()))
        return (
            f"seed {self.seed}: {self.sent.total()} canaries ({ways}); found in clear: {found}; "
            f"{self.looked} files, keys, bodies and replies, {self.bytes / 1e6:.0f} MB; {self.seconds:.0f} s"
        )


def sort_of(canary: Canary) -> str:
    """What is promised of it."""
    return "address" if canary.kind == "address" else "plain" if canary.plain else "disguised"


def run(product: Product, count: int, seed: int, folder: Path) -> Result:
    """Send, wait until all is written, look."""
    started, found = time.monotonic(), canaries(count, seed)
    senders = [Ways(product, number) for number in range(SENDERS)]
    plan = spread(found, seed, tuple(senders[0].ways))
    try:
        with ThreadPoolExecutor(SENDERS) as pool:
            told = list(pool.map(lambda n: _send(senders[n], plan[n::SENDERS]), range(SENDERS)))
    finally:
        for sender in senders:
            sender.close()
    way_of = {canary: way for way, canary in plan}
    finder, looked, size, leaks = Finder(found), 0, 0, list[Leak]()
    replies = [(f"reply to {way}", text.encode()) for one in told for way, text in one]
    for where, what in (*replies, *left_behind(product, folder)):
        looked, size = looked + 1, size + len(what)
        leaks += [
            Leak(canary, way_of[canary], where) for canary in finder.found(what, addresses=_forbidden(where))
        ]
    seconds = time.monotonic() - started
    sent = Counter(map(sort_of, found))
    return Result(seed, sent, Counter(way for way, _ in plan), tuple(leaks), looked, size, seconds)


def _forbidden(where: str) -> bool:
    # A reader sees the place of their own report, and an Open311 client those it may read.
    return not (where.startswith("reply") or keeps_places(where))


def _send(sender: Ways, plan: list[tuple[str, Canary]]) -> list[tuple[str, str]]:
    return [(way, sender.ways[way](canary)) for way, canary in plan]
