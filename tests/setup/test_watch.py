"""The supervisor over real processes: order, deaths, restarts, and an end that leaves nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from actions.settings import ROOT
from bot.supervision.errors import NotReady
from bot.supervision.process import Spec
from bot.supervision.state import ProcessState, RunLock, State
from bot.supervision.watch import Watch
from tests.setup.small import alive, children, server, watch_over


@pytest.fixture
def ports() -> tuple[int, int]:
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as a,
        closing(socket.create_server(("127.0.0.1", 0))) as b,
    ):
        return a.getsockname()[1], b.getsockname()[1]


@asynccontextmanager
async def running(watch: Watch) -> AsyncIterator[None]:
    """The watch at work; its errors come out here, and it is stopped at the end."""
    ready = asyncio.Event()
    task = asyncio.create_task(watch.run(30.0, ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield
    finally:
        watch.stop()
        await task


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.05)


def process(watch: Watch, name: str) -> ProcessState:
    """As the state file shows it."""
    state = State.read(watch.state_file)
    assert state is not None
    return next(p for p in state.processes if p.name == name)


async def test_each_waits_for_what_it_needs(tmp_path: Path, ports: tuple[int, int]) -> None:
    said: list[str] = []
    watch = watch_over(
        tmp_path, server("store", ports[0]), server("door", ports[1], after=("store",)), said=said.append
    )
    async with running(watch):
        assert watch.phase == "ready"
        assert [line.split()[1] for line in said] == ["store", "door"]
        assert process(watch, "door").status == "ready"
    state = State.read(watch.state_file)
    assert state is not None
    assert state.phase == "stopped"
    assert {p.status for p in state.processes} == {"stopped"}


async def test_what_computes_yields_to_the_door(tmp_path: Path, ports: tuple[int, int]) -> None:
    watch = watch_over(tmp_path, replace(server("answers", ports[0]), nice=3), server("door", ports[1]))
    async with running(watch):
        answers, door = (process(watch, name).pid for name in ("answers", "door"))
        assert answers is not None
        assert door is not None
        assert os.getpriority(os.PRIO_PROCESS, answers) == os.getpriority(os.PRIO_PROCESS, door) + 3


async def test_a_killed_process_is_shown_and_restarted(tmp_path: Path, ports: tuple[int, int]) -> None:
    said: list[str] = []
    watch = watch_over(tmp_path, server("store", ports[0]), server("door", ports[1]), said=said.append)
    async with running(watch):
        victim = process(watch, "store").pid
        assert victim is not None
        os.kill(victim, signal.SIGKILL)
        await until(lambda: process(watch, "store").status == "exited")
        await until(lambda: watch.phase == "degraded")
        await until(lambda: process(watch, "store").status == "ready" and watch.phase == "ready")
        after = process(watch, "store")
        assert after.restarts == 1
        assert after.pid not in (None, victim)
        assert after.last_exit.startswith("SIGKILL")
    death = next(line for line in said if "退出" in line)
    assert "store 退出：SIGKILL；1 秒后重启" in death
    assert f"listening on {ports[0]}" in death  # its last words


async def test_what_a_dead_process_started_is_swept_away(tmp_path: Path, ports: tuple[int, int]) -> None:
    watch = watch_over(tmp_path, server("store", ports[0], "family"))
    async with running(watch):
        parent = process(watch, "store").pid
        assert parent is not None
        (grandchild,) = children(parent)
        os.kill(parent, signal.SIGKILL)
        await until(lambda: not alive(grandchild))


async def test_one_that_keeps_dying_ends_the_start_with_its_last_words(
    tmp_path: Path, ports: tuple[int, int]
) -> None:
    dying = server("store", ports[0], code="raise SystemExit('the disk is on fire')")
    watch = watch_over(tmp_path, dying, server("door", ports[1]))
    with pytest.raises(NotReady, match=r"(?s)store 连续 3 次启动就退出.*store\.log.*the disk is on fire"):
        await watch.run(30.0, lambda: None)
    state = State.read(watch.state_file)
    assert state is not None
    assert state.phase == "failed"
    assert "the disk is on fire" in state.message


async def test_one_that_never_answers_is_named(tmp_path: Path, ports: tuple[int, int]) -> None:
    silent = server("store", ports[0], code="import time; time.sleep(60)")
    with pytest.raises(NotReady, match="store 在时限（READY_TIMEOUT）内没有就绪"):
        await watch_over(tmp_path, silent).run(1.5, lambda: None)


@pytest.mark.slow
async def test_a_frozen_process_is_shown_and_can_still_be_stopped(
    tmp_path: Path, ports: tuple[int, int]
) -> None:
    watch = watch_over(tmp_path, server("store", ports[0]), server("door", ports[1]))
    async with running(watch):
        frozen = process(watch, "store").pid
        assert frozen is not None
        os.kill(frozen, signal.SIGSTOP)
        await until(lambda: process(watch, "store").status == "unresponsive", 30)
    assert not alive(frozen)


@pytest.fixture
def supervisor(tmp_path: Path, ports: tuple[int, int]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """A supervisor in a process of its own, as ``make up`` is."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-m",
            "tests.setup.small",
            str(tmp_path),
            str(ports[0]),
            str(ports[1]),
            *arguments,
        ]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("ready"):
                return process
        raise AssertionError("the supervisor ended before it was ready")

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_process(
    supervisor: Callable[..., subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = supervisor("family")
    below = children(process.pid)
    assert len(below) == 3  # two servers, and the child of one
    process.send_signal(number)
    assert process.wait(10) == 0
    assert [pid for pid in below if alive(pid)] == []


def test_even_a_killed_supervisor_leaves_no_process(supervisor: Callable[..., subprocess.Popen[str]]) -> None:
    process = supervisor()
    below = children(process.pid)
    assert len(below) == 2
    process.kill()
    process.wait()
    deadline = time.monotonic() + 5
    while left := [pid for pid in below if alive(pid)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.05)


def test_the_lock_is_held_once_and_freed_by_death(tmp_path: Path) -> None:
    path = tmp_path / "run" / "lock"
    hold = (
        "import sys, time; from pathlib import Path; from bot.supervision.state import RunLock\n"
        "lock = RunLock(Path(sys.argv[1])); print(lock.acquire(), flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert RunLock(path).holder() == holder.pid
        assert not RunLock(path).acquire()
        holder.kill()
    assert RunLock(path).holder() is None


def test_specs_name_their_needs_before_themselves(ports: tuple[int, int], tmp_path: Path) -> None:
    wrong: tuple[Spec, ...] = (server("door", ports[1], after=("store",)), server("store", ports[0]))
    with pytest.raises(ValueError, match="door"):
        watch_over(tmp_path, *wrong)
