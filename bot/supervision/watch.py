"""All processes together: the order they start in, the state file, and the end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bot.supervision.checks import Check
from bot.supervision.errors import NotReady
from bot.supervision.process import Process, Spec
from bot.supervision.state import Phase, State

GIVE_UP_AFTER = 3  # exits in a row of one process before everything was ready


class Watch:
    """Runs the specs until told to stop.

    :param ready: whether the whole answers, asked of the public door
    :param said: receives lines for people, as rich markup
    """

    def __init__(
        self,
        specs: Sequence[Spec],
        ready: Check,
        address: str,
        cwd: Path,
        run_dir: Path,
        log_dir: Path,
        said: Callable[[str], None],
    ) -> None:
        for folder in (run_dir, log_dir):
            folder.mkdir(parents=True, exist_ok=True)
        self.state_file = run_dir / "state.json"
        self.phase: Phase = "starting"
        self._processes = {s.name: Process(s, cwd, log_dir, said, self._publish) for s in specs}
        self._levels = _levels(list(self._processes.values()))
        self._ready, self._address, self._said = ready, address, said
        self._stop = asyncio.Event()
        self._message = ""
        self._tasks: list[asyncio.Task[None]] = []

    def state(self) -> State:
        """The whole at this moment."""
        processes = tuple(p.state() for p in self._processes.values())
        return State(self.phase, os.getpid(), self._address, processes, self._message)

    async def run(self, ready_timeout: float, on_ready: Callable[[], None]) -> None:
        """Start everything, call ``on_ready`` once, and stay until SIGINT, SIGTERM or SIGHUP.

        :raises NotReady: when the processes don't come up; they are stopped by then
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.stop)
        self._publish()
        self._tasks = [asyncio.create_task(self._keep(p)) for p in self._processes.values()]
        try:
            await self._until_ready(time.monotonic() + ready_timeout)
            if not self._stop.is_set():
                on_ready()
            while not self._stop.is_set():
                await self._follow()
        except NotReady as error:
            self._message = str(error)
            raise
        finally:
            await self._stop_all()

    def stop(self) -> None:
        """End :meth:`run`; a second time: without waiting for anything."""
        if self._stop.is_set():  # asked twice: no more patience
            for process in self._processes.values():
                process.kill()
        self._stop.set()

    async def _keep(self, process: Process) -> None:
        for name in process.spec.after:
            await self._processes[name].ready_once.wait()
        await process.keep()

    async def _until_ready(self, deadline: float) -> None:
        while not self._stop.is_set():
            if all(p.ready for p in self._processes.values()) and await self._ready():
                self._enter("ready")
                return
            for process in self._processes.values():
                if process.exits >= GIVE_UP_AFTER:
                    raise NotReady(_why(process, f"连续 {process.exits} 次启动就退出"))
            if time.monotonic() > deadline:
                slow = next((p for p in self._processes.values() if not p.ready), None)
                if slow is None:
                    raise NotReady(
                        f"各进程都已就绪，但 {self._address}/readyz 没有就绪。\n  查看：curl {self._address}/readyz"
                    )
                raise NotReady(_why(slow, "在时限（READY_TIMEOUT）内没有就绪"))
            await self._pause(0.3)

    async def _follow(self) -> None:
        whole = all(p.ready for p in self._processes.values()) and await self._ready()
        if whole and self.phase == "degraded":
            self._said(f"[green]✓[/] 全部恢复：{self._address}")
        elif not whole and self.phase == "ready":
            self._said("[red]✗[/] 部分可用：/readyz 不成立")
        self._enter("ready" if whole else "degraded")
        await self._pause(1.0)

    async def _pause(self, seconds: float) -> None:
        for task in self._tasks:
            if task.done():
                task.result()  # a mistake of ours in a task must not go unseen
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _stop_all(self) -> None:
        failed = bool(self._message)
        self._enter("stopping")
        for level in reversed(self._levels):
            await asyncio.gather(*(p.stop() for p in level))
        for task in self._tasks:
            task.cancel()  # those still waiting for another to become ready
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._enter("failed" if failed else "stopped")

    def _enter(self, phase: Phase) -> None:
        if phase != self.phase:
            self.phase = phase
            self._publish()

    def _publish(self) -> None:
        self.state().write(self.state_file)


def _why(process: Process, what: str) -> str:
    lines = "".join(f"\n    {line}" for line in process.tail())
    return f"{process.spec.title} {what}。\n  日志：{process.log}{lines}"


def _levels(processes: Sequence[Process]) -> list[list[Process]]:
    """Grouped so that each stands behind those it needs, which must be listed before it."""
    depth: dict[str, int] = {}
    for process in processes:
        missing = [name for name in process.spec.after if name not in depth]
        if missing:
            raise ValueError(
                f"process {process.spec.name!r} needs {missing}, not listed before it: reorder the specs"
            )
        depth[process.spec.name] = 1 + max((depth[name] for name in process.spec.after), default=-1)
    return [[p for p in processes if depth[p.spec.name] == level] for level in sorted(set(depth.values()))]
