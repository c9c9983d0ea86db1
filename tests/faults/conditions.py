"""Things that happen to a machine without a process dying: frozen, disk full, memory full. Each ends with its block."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from threading import Event, Thread

import redis

from tests.faults.history import History, Kill, now
from tests.stack import Stack

FROZEN_SECONDS = 18.0  # beyond the life of Rasa's lock: what an action does then, it does late
FULL_BYTES = 4096  # of a file: whatever the ledger writes lies further back


@contextmanager
def frozen(stack: Stack, name: str) -> Iterator[None]:
    """A process that is there and does nothing."""
    pid = stack.pid(name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def full_disk(stack: Stack) -> Iterator[None]:
    """The kernel refuses every write of the service to a file, as on a disk without room."""
    pid = stack.pid("service")
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL_BYTES, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def full_memory(stack: Stack) -> Iterator[None]:
    """Redis has reached ``maxmemory`` and takes nothing more."""
    with closing(redis.Redis.from_url(stack.redis_url, decode_responses=True)) as client:
        before = client.config_get("maxmemory")["maxmemory"]
        client.config_set("maxmemory", "1mb")
        try:
            yield
        finally:
            client.config_set("maxmemory", before)


Condition = Callable[[Stack], AbstractContextManager[None]]
CONDITIONS: Mapping[str, Condition] = {
    "service frozen": lambda stack: frozen(stack, "service"),
    "valkey frozen": lambda stack: frozen(stack, "valkey"),
    "rasa frozen": lambda stack: frozen(stack, "rasa"),
    "disk full": full_disk,
    "memory full": full_memory,
}


class Weather:
    """Lets conditions come one after the other, in a thread of its own, while residents file.

    :param names: of ``CONDITIONS``, in their order.
    :param every: answered messages between two.
    """

    def __init__(self, stack: Stack, names: tuple[str, ...], every: int, history: History) -> None:
        self._stack, self._names, self._every, self._history = stack, names, every, history
        self._over = Event()
        self._thread = Thread(target=self._run, name="weather")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def finish(self, seconds: float) -> None:
        """Wait for the last one."""
        self._thread.join(seconds)
        self._over.set()
        self._thread.join(60)

    def _run(self) -> None:
        for number, name in enumerate(self._names, 1):
            while self._history.answered < number * self._every and not self._over.is_set():
                time.sleep(0.05)
            if self._over.is_set():
                return
            self._history.add(Kill(name, 0, self._history.answered, now()))
            with CONDITIONS[name](self._stack):
                self._over.wait(FROZEN_SECONDS)
