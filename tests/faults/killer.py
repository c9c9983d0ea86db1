"""Ends processes with ``kill -9`` at moments drawn beforehand; the supervisor starts them again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread

from tests.faults.history import History, Kill, now
from tests.stack import Stack

PROCESSES = ("service", "rasa", "gateway", "valkey", "telegram")
WAIT_FOR_YES_SECONDS = 5.0


@dataclass(frozen=True)
class Moment:
    """Kill ``process`` once so many messages are answered, then after a yes if wanted, then ``delay`` seconds on."""

    process: str
    answered: int
    after_yes: bool
    delay: float


def moments(seed: int, kills: int, messages: int) -> list[Moment]:
    """``kills`` of each process, spread over nine tenths of the messages; a third of them come in pairs."""
    chance = random.Random(seed)
    names = [name for _ in range(kills) for name in chance.sample(PROCESSES, len(PROCESSES))]
    drawn = sorted(int(messages * chance.uniform(0.02, 0.9)) for _ in names)
    found: list[Moment] = []
    for name, answered in zip(names, drawn, strict=True):
        pair = bool(found) and name != found[-1].process and chance.random() < 0.33
        at = found[-1].answered if pair else answered
        found.append(Moment(name, at, chance.random() < 0.5, chance.uniform(0.0, 0.8)))
    return found


class Killer:
    """Works off the moments in a thread of its own."""

    def __init__(self, stack: Stack, plan: Sequence[Moment], history: History) -> None:
        self._stack, self._plan, self._history = stack, plan, history
        self._over = Event()
        self._thread = Thread(target=self._run, name="killer")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def finish(self, seconds: float) -> None:
        """Wait for the last one."""
        self._thread.join(seconds)
        self._over.set()
        self._thread.join(30)

    def _run(self) -> None:
        for moment in self._plan:
            self._wait(partial(self._reached, moment.answered))
            if moment.after_yes:
                self._wait(partial(self._history.confirming, now()), WAIT_FOR_YES_SECONDS)
            time.sleep(moment.delay)
            self._wait(partial(self._ready, moment.process))
            if self._over.is_set():
                return
            self._kill(moment.process)

    def _reached(self, answered: int) -> bool:
        return self._history.answered >= answered

    def _kill(self, name: str) -> None:
        pid = self._stack.pid(name)
        os.kill(pid, signal.SIGKILL)
        self._history.add(Kill(name, pid, self._history.answered, now()))
        # Until the supervisor has seen it, its state still shows the dead one as ready.
        self._wait(lambda: self._ready(name) != pid, 10)

    def _ready(self, name: str) -> int | None:
        """The process that is ready, by one look: between two the supervisor may have seen that it died."""
        states = self._stack.state().processes
        return next((p.pid for p in states if p.name == name and p.status == "ready"), None)

    def _wait(self, true: Callable[[], object], seconds: float = 3600.0) -> None:
        end = time.monotonic() + seconds
        while not (self._over.is_set() or true() or time.monotonic() > end):
            time.sleep(0.05)
