"""What a run of conversations was: how fast, at what cost, and what went wrong."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load.talks import Talk
from benchmarks.load.ways import Turn, Way

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """Some conversations at once over one way.

    :param seconds: from the first word to the last reply.
    :param cpu: processor seconds by process.
    """

    turns: tuple[Turn, ...]
    seconds: float
    cpu: Mapping[str, float]

    def __add__(self, other: Run) -> Run:
        cpu = Counter(self.cpu)
        cpu.update(other.cpu)
        return Run(self.turns + other.turns, self.seconds + other.seconds, cpu)

    @property
    def rate(self) -> float:
        """Turns a second."""
        return len(self.turns) / self.seconds

    def quantile(self, percent: int) -> float:
        """Seconds."""
        seconds = [turn.seconds for turn in self.turns]
        return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]

    def count(self, *kinds: str) -> int:
        """Turns that ended so."""
        return sum(turn.kind in kinds for turn in self.turns)

    @property
    def shed(self) -> int:
        """How often somebody was turned away and came again."""
        return sum(len(turn.shed) for turn in self.turns)

    def per_turn(self, process: str) -> float:
        """Milliseconds of processor time."""
        return 1000 * self.cpu.get(process, 0.0) / len(self.turns)


async def run(way: Way, talks: Sequence[Talk], at_once: int, pids: Mapping[str, int]) -> Run:
    """Hold all conversations, ``at_once`` beside each other.

    :param pids: processes whose time is counted; one that was restarted meanwhile may not be among them.
    """
    waiting, turns = deque(talks), list[Turn]()

    async def talk() -> None:
        while waiting:
            words, chat = waiting.popleft(), way.chat()
            for text in words:
                turns.append(await chat.say(text))

    before, begin = {name: used(pid) for name, pid in pids.items()}, time.monotonic()
    await asyncio.gather(*(talk() for _ in range(min(at_once, len(talks)))))
    seconds = time.monotonic() - begin
    return Run(tuple(turns), seconds, {name: used(pid) - before[name] for name, pid in pids.items()})


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile; 0 of nothing."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else sum(seconds)


def used(pid: int) -> float:
    """Processor seconds of a process so far, its threads included.

    :raises FileNotFoundError: when it has ended.
    """
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
