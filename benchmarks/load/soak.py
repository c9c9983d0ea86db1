"""``make soak MINUTES=30``: a steady stream of conversations, and what grows by it.

The real processes are started. Every ten seconds the memory of each is read; at the end the keys in Redis, those among
them that never expire, and the ledger's size. Memory is compared with what it was after the warm-up.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import redis

from benchmarks.load.__main__ import OPEN
from benchmarks.load.figures import p95
from benchmarks.load.talks import Talk, talks
from benchmarks.load.ways import Http, Turn, WebChat
from benchmarks.record import commit, write_section
from tests.stack import Stack, start, stop

EVERY_SECONDS = 10.0
WARM_MINUTES = 5.0
GROWTH = 0.05
STORE = "valkey"  # holds every conversation until it expires: its bound is the age of its keys
# Streams of channels are emptied by their readers, and a counter of the last update is one key altogether.
ENDLESS = ("tg:", "wx:")


@dataclass(frozen=True)
class Soaked:
    """:param memory: megabytes of each process at each look.
    :param endless: keys in Redis that never expire, by their beginning.
    """

    turns: tuple[Turn, ...]
    seconds: float
    memory: tuple[Mapping[str, float], ...]
    keys: int
    endless: Mapping[str, int]
    ledger: int

    def growth(self, name: str, warm: int) -> float:
        """By what share a process has grown since the warm-up; medians of six looks, since memory breathes."""
        sizes = [look[name] for look in self.memory]
        before = statistics.median(sizes[warm : warm + 6])
        return statistics.median(sizes[-6:]) / before - 1


def resident(pid: int) -> float:
    """Megabytes of memory in use.

    :raises FileNotFoundError: when the process has ended.
    """
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise FileNotFoundError(pid)


async def soak(stack: Stack, minutes: float, rate: float) -> Soaked:
    """Hold conversations at ``rate`` messages a second, whatever the replies take."""
    web = Http("web", WebChat, stack.address)
    looks, turns, tasks = list[Mapping[str, float]](), list[Turn](), set[asyncio.Task[None]]()
    begin, source = time.monotonic(), itertools.cycle(talks(500))
    watching = asyncio.create_task(_watch(stack, looks))
    async with web.client:
        length = len(next(source))
        while time.monotonic() - begin < 60 * minutes:
            tasks.add(asyncio.create_task(_talk(web, next(source), length / rate, turns)))
            await asyncio.sleep(length / rate)
        await asyncio.gather(*tasks)
    watching.cancel()
    found = Counter(key.partition(":")[0] + ":" for key in _endless(stack))
    with closing(redis.Redis.from_url(stack.redis_url)) as valkey:
        keys = valkey.dbsize()
    ledger = sum(path.stat().st_size for path in stack.var_dir.glob("ledger.sqlite3*"))
    return Soaked(tuple(turns), time.monotonic() - begin, tuple(looks), keys, found, ledger)


async def _talk(web: Http, words: Talk, pause: float, turns: list[Turn]) -> None:
    chat = web.chat()
    for text in words:
        turns.append(await chat.say(text))
        await asyncio.sleep(pause)


async def _watch(stack: Stack, looks: list[Mapping[str, float]]) -> None:
    while True:
        looks.append({p.name: resident(p.pid) for p in stack.state().processes if p.pid})
        await asyncio.sleep(EVERY_SECONDS)


def _endless(stack: Stack) -> Iterator[str]:
    with closing(redis.Redis.from_url(stack.redis_url, decode_responses=True)) as valkey:
        for key in valkey.scan_iter(count=1000):
            if valkey.ttl(key) == -1 and not key.startswith(ENDLESS):
                yield key


def report(done: Soaked, warm: int) -> str:
    """The figures as Markdown."""
    lines = ["| process | MB after the warm-up | MB at the end | growth |", "|---|---|---|---|"]
    for name in done.memory[0]:
        lines.append(
            f"| {name} | {done.memory[warm][name]:.0f} | {done.memory[-1][name]:.0f} | {100 * done.growth(name, warm):+.1f} % |"
        )
    kinds = Counter(turn.kind for turn in done.turns)
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    slow = p95([turn.seconds for turn in done.turns])
    return "\n".join([
        f"{done.seconds / 60:.0f} minutes, {len(done.turns) / done.seconds:.1f} messages a second: {told}; p95 {slow:.1f} s.",
        "",
        *lines,
        "",
        f"Redis: {done.keys} keys, {sum(done.endless.values())} of them without an end. "
        f"Ledger: {done.ledger / 1024:.0f} KB, {done.ledger / len(done.turns):.0f} bytes for each message.",
        "",
        f"Bounds: memory at most {100 * GROWTH:.0f} % more after the warm-up of {warm * EVERY_SECONDS / 60:.0f} minutes but for {STORE}, every key with an end.",
    ])  # fmt: skip


def broken(done: Soaked, warm: int) -> list[str]:
    """The bounds that are not kept, in words."""
    grown = [name for name in done.memory[0] if name != STORE and done.growth(name, warm) > GROWTH]
    found = [f"{name} grew by {100 * done.growth(name, warm):.1f} %" for name in grown]
    found += [f"{count} keys {start}… never expire" for start, count in done.endless.items()]
    wrong = sum(turn.kind in ("empty", "failed") for turn in done.turns)
    return found + ([f"{wrong} empty or failed replies"] if wrong else [])


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write if told to; 1 when a bound is not kept."""
    options, measured = _options(arguments), commit()
    with tempfile.TemporaryDirectory() as folder:
        stack = start(Path(folder), OPEN)
        try:
            done = asyncio.run(soak(stack, options.minutes, options.rate))
        finally:
            stop(stack)
    # A short run is its own warm-up for half of it.
    warm = int(min(WARM_MINUTES, options.minutes / 2) * 60 / EVERY_SECONDS)
    text = report(done, warm)
    print(text)
    if options.out:
        command = f"make soak MINUTES={options.minutes:g} RATE={options.rate:g} OUT=benchmarks/RESULTS.md"
        write_section(options.out, "Soak", command, measured, text)
    for line in (failed := broken(done, warm)):
        print(f"soak: {line}", file=sys.stderr)
    return int(bool(failed))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=5.0, help="messages a second")
    parser.add_argument("--out", type=Path, help="also write the figures into this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
