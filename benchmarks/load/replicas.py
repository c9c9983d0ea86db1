"""``make bench-replicas``: what a turn costs with two of each process, beside one of each.

Where there are cores for all of them, twice the processes get through twice as much, less what each turn costs more.
A machine with fewer cores can't show the rate, but it shows the cost: processor time for one turn.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from actions.settings import replica_port
from benchmarks.load.__main__ import OPEN
from benchmarks.load.figures import Run, run
from benchmarks.load.talks import talks
from benchmarks.load.ways import Chat, WebChat, client
from benchmarks.record import commit, write_section
from tests.stack import Stack, start, stop

LEAST = 1.5  # times as much with two of each, cores allowing
KINDS = ("gateway", "rasa", "service", "valkey")
WARM = 8


class Gateways:
    """Conversations over the gateways of one stack in turn, as a balancer would spread them."""

    name = "web"

    def __init__(self, stack: Stack, count: int) -> None:
        host, _, port = stack.address.rpartition(":")
        self._addresses = itertools.cycle(f"{host}:{replica_port(int(port), n)}" for n in range(count))
        self.client = client()

    def chat(self) -> Chat:
        """See ``ways.Way``."""
        return WebChat(self.client, next(self._addresses))


async def measure(stacks: Mapping[int, Stack], level: int, rounds: int) -> dict[int, Run]:
    """One of each and two of each take turns."""
    found: dict[int, Run] = {}
    for turn in range(rounds + 1):
        for count, stack in stacks.items():
            way = Gateways(stack, count)
            pids = {p.name: p.pid for p in stack.state().processes if p.pid}
            async with way.client:
                done = await run(way, talks(level if turn else WARM), level, pids)
            if turn:  # the first only warms up
                found[count] = found[count] + done if count in found else done
    return found


def report(found: Mapping[int, Run], level: int) -> str:
    """The figures as Markdown."""
    lines = [
        f"{level} conversations at once through the web, one of each process and two of each in turn.",
        "",
        f"| of each | turns | turns/s | p95 ms | empty or failed | {' | '.join(KINDS)} | all, ms a turn |",
        "|---|---|---|---|---|" + "---|" * (len(KINDS) + 1),
    ]
    for count, one in found.items():
        each = " | ".join(f"{cost(one, kind):.1f}" for kind in KINDS)
        wrong = one.count("empty", "failed")
        lines.append(
            f"| {count} | {len(one.turns)} | {one.rate:.1f} | {1000 * one.quantile(95):.0f} | {wrong} | {each} | {total(one):.1f} |"
        )
    lines += [
        "",
        f"By processor time, two of each get through {gain(found):.2f} times as much where there are cores for all "
        f"(twice the processes, {total(found[2]) / total(found[1]):.2f} times the cost of a turn); bound {LEAST}.",
    ]
    return "\n".join(lines)


def cost(one: Run, kind: str) -> float:
    """Milliseconds of a turn in all processes of a kind."""
    return sum(one.per_turn(name) for name in one.cpu if name.partition("-")[0] == kind)


def total(one: Run) -> float:
    """Milliseconds of a turn in all processes."""
    return sum(cost(one, kind) for kind in KINDS)


def gain(found: Mapping[int, Run]) -> float:
    """How many times as much two of each get through if nothing but processors is short."""
    return 2 * total(found[1]) / total(found[2])


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write if told to; 1 when the bound is not kept."""
    options, measured = _options(arguments), commit()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        stacks = {}
        for count in (1, 2):
            several = {f"{kind}_REPLICAS": str(count) for kind in ("GATEWAY", "SERVICE", "RASA")}
            stacks[count] = start(Path(folder) / str(count), {**OPEN, **several})
            running.callback(stop, stacks[count])
        found = asyncio.run(measure(stacks, options.level, options.rounds))
    text = report(found, options.level)
    print(text)
    if options.out:
        command = "make bench-replicas OUT=benchmarks/RESULTS.md"
        write_section(options.out, "Two of each process", command, measured, text)
    wrong = sum(one.count("empty", "failed") for one in found.values())
    return int(gain(found) < LEAST or wrong > 0)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--level", type=int, default=50, help="conversations at once")
    parser.add_argument("--rounds", type=int, default=2, help="so often each")
    parser.add_argument("--out", type=Path, help="also write the figures into this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
