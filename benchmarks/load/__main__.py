"""``make bench-load``: whole conversations at once through the web and Telegram, beside a bare Rasa echo.

The real processes are started, with a fake Bot API in Telegram's place and the echo on the same Valkey; once with Rasa's
own stores and, since those are slow, once with the product's. At every level
the ways take turns, so that other work on the machine slows all alike. Then three times as many messages come as could
be answered.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load.echo import OUR_STORES, Echo, echoing, trained
from benchmarks.load.figures import Run, run
from benchmarks.load.overload import Flood, flood
from benchmarks.load.report import ECHO, NEW_TEXTS, QUICK, broken, report
from benchmarks.load.talks import LENGTH, talks
from benchmarks.load.ways import EchoChat, Http, Telegram, Way, WebChat
from benchmarks.record import ROOT, commit, write_section
from benchmarks.telegram import SEED, channel
from tests.fake_telegram import FakeTelegram
from tests.stack import Stack, start, stop

LEAST_TALKS = 4
TIMES = 3
# One machine is one address: the limits of residents are not what is measured.
OPEN = {"RATE_POSTS_PER_MINUTE": "1000000", "RATE_CONVERSATIONS": "1000000"}
Table = dict[int, dict[str, Run]]


@dataclass(frozen=True)
class Site:
    """What is running."""

    stack: Stack
    echo: Echo
    quick_echo: Echo
    fake: FakeTelegram
    pids: Mapping[str, int]


@contextmanager
def site(folder: Path, extra: Mapping[str, str]) -> Iterator[Site]:
    """All processes; stopped at the end."""
    stack = start(folder, {**OPEN, **extra})
    try:
        fake = FakeTelegram(seed=SEED)
        model = trained(ROOT / "var" / "bench")
        beside = channel(stack, fake, folder / "telegram.log")
        bare = echoing(model, stack.redis_url, folder / "echo.log")
        quick = echoing(model, stack.redis_url, folder / "quick.log", OUR_STORES)
        with bare as echo, quick as quick_echo, beside as bot:
            pids = {p.name: p.pid for p in stack.state().processes if p.pid}
            more = {ECHO: echo.pid, QUICK: quick_echo.pid, "telegram": bot}
            yield Site(stack, echo, quick_echo, fake, {**pids, **more})
    finally:
        stop(stack)


async def measure(site: Site, levels: Sequence[int], rounds: int) -> Table:
    """Every level: all ways in turn, the order turned round each time; the first conversations only warm up.

    What is said has been asked once before, whichever way comes first; beside it the same ways are taken by
    conversations whose questions nobody has asked yet.
    """
    echo = Http(ECHO, EchoChat, site.echo.address)
    quick = Http(QUICK, EchoChat, site.quick_echo.address)
    web, telegram = Http("web", WebChat, site.stack.address), Telegram(site.fake, site.stack.redis_url)
    ways: list[Way] = [echo, quick, web, telegram]
    table: Table = {}
    async with telegram.watching(), echo.client, quick.client, web.client:
        for way in ways:
            await run(way, talks(2), 2, site.pids)
        for level in levels:
            count, found = max(level, LEAST_TALKS), table.setdefault(level, {})
            await run(web, talks(count), level, site.pids)
            for turn in range(rounds):
                trials = [(way.name, way, talks(count)) for way in ways]
                for way in (web, telegram):
                    name = way.name + NEW_TEXTS
                    trials.append((name, way, talks(count, seed=f"{name} {level} {turn}")))
                for name, way, said in trials if turn % 2 else reversed(trials):
                    done = await run(way, said, level, site.pids)
                    found[name] = found[name] + done if name in found else done
                    print(f"{level:4d} {name:18s} {done.rate:6.1f}/s", file=sys.stderr)
    return table


async def overloaded(site: Site, table: Table, seconds: float) -> Flood:
    """Three times the web's best rate."""
    rate = TIMES * max(runs["web"].rate for runs in table.values())
    questions = [talk[0] for talk in talks(500)]
    return await flood(site.stack.address, questions, rate, seconds)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write if told to; 1 when a bound is not kept."""
    options, measured = _options(arguments), commit()
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), {}) as running:
        table = asyncio.run(measure(running, options.levels, options.rounds))
        over = asyncio.run(overloaded(running, table, options.overload)) if options.overload else None
    text = report(table, over, LENGTH)
    print(text)
    if options.out:
        write_section(options.out, "Load", command(options), measured, text)
    for line in (failed := broken(table, over)):
        print(f"bench-load: {line}", file=sys.stderr)
    return int(bool(failed))


def command(options: argparse.Namespace) -> str:
    """How to get the figures again."""
    levels = " ".join(map(str, options.levels))
    sizes = f"--levels {levels} --rounds {options.rounds} --overload {options.overload:g}"
    return f"python -m benchmarks.load {sizes} --out benchmarks/RESULTS.md"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--levels", type=int, nargs="+", default=[1, 10, 50, 200], help="conversations at once"
    )
    parser.add_argument("--rounds", type=int, default=2, help="so often each way at each level")
    parser.add_argument("--overload", type=float, default=60.0, help="seconds of overload; 0: none")
    parser.add_argument("--out", type=Path, help="also write the figures into this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
