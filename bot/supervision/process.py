"""One process: started, checked, restarted with back-off, stopped with everything it started."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from bot.supervision.checks import Check
from bot.supervision.state import ProcessState, Status

LIFELINE = Path(__file__).with_name("lifeline.py")
BACKOFF = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # seconds before each restart in a row
STEADY = 60.0  # seconds up after which the back-off starts over
FAILED_CHECKS = 3  # in a row before a process counts as unresponsive: one slow answer is no fault
TAIL_LINES = 6


@dataclass(frozen=True)
class Spec:
    """What to run. ``after`` names the processes that must be ready first; ``setting`` is the one for ``port``."""

    name: str
    title: str
    command: tuple[str, ...]
    check: Check
    host: str
    port: int
    setting: str
    env: Mapping[str, str]
    after: tuple[str, ...] = ()
    grace: float = 10.0  # seconds between SIGTERM and SIGKILL
    nice: int = 0  # higher: yields to the others when the processors are short


class Process:
    """Keeps one :class:`Spec` running. ``said`` receives lines for people, ``changed`` every change of state."""

    def __init__(
        self, spec: Spec, cwd: Path, log_dir: Path, said: Callable[[str], None], changed: Callable[[], None]
    ) -> None:
        self.spec = spec
        self.log = log_dir / f"{spec.name}.log"
        self.ready_once = asyncio.Event()
        self.exits = 0  # in a row, without STEADY seconds up between
        self._cwd, self._said, self._changed = cwd, said, changed
        self._status: Status = "waiting"
        self._since = time.time()
        self._restarts = 0
        self._last_exit = ""
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()

    @property
    def ready(self) -> bool:
        return self._status == "ready"

    def state(self) -> ProcessState:
        """A snapshot for the state file."""
        s, pid = self.spec, self._process.pid if self._process else None
        return ProcessState(
            s.name,
            s.title,
            self._status,
            pid,
            s.port,
            self._since,
            self._restarts,
            self._last_exit,
            str(self.log),
        )

    async def keep(self) -> None:
        """Start it, and again whenever it ends, until :meth:`stop`."""
        while not self._stopping.is_set():
            started = time.monotonic()
            offset = await self._start()
            code = await self._watch(started)
            if self._stopping.is_set():
                break
            self.exits = 1 if time.monotonic() - started > STEADY else self.exits + 1
            delay = BACKOFF[min(self.exits, len(BACKOFF)) - 1]
            self._note_exit(code, delay, offset)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)
            self._restarts += 1
        self._set("stopped")

    async def stop(self) -> None:
        """SIGTERM to the whole group, SIGKILL to what is left of it after the grace time."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        self._signal(process.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), self.spec.grace)
        self._signal(process.pid, signal.SIGKILL)
        await process.wait()

    def kill(self) -> None:
        """SIGKILL at once, when the operator will not wait."""
        self._stopping.set()
        if self._process:
            self._signal(self._process.pid, signal.SIGKILL)

    def tail(self, offset: int = 0) -> list[str]:
        """The log's last lines, from a byte offset on."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as file:
            file.seek(max(offset, self.log.stat().st_size - 8192))
            return file.read().decode("utf-8", "replace").splitlines()[-TAIL_LINES:]

    async def _start(self) -> int:
        self._set("starting")
        lifeline = (sys.executable, "-I", "-S", str(LIFELINE), str(os.getpid()))
        with self.log.open("ab") as out:
            offset = out.tell()
            self._process = await asyncio.create_subprocess_exec(
                *lifeline,
                *self.spec.command,
                cwd=self._cwd,
                env=dict(self.spec.env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops things in order
            )
        if self.spec.nice:  # before it has threads: they inherit it
            with suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, self.spec.nice)
        self._changed()
        return offset

    async def _watch(self, started: float) -> int:
        assert self._process is not None
        checking = asyncio.create_task(self._keep_checking(started))
        try:
            return await self._process.wait()
        finally:
            checking.cancel()
            self._signal(self._process.pid, signal.SIGKILL)  # whatever it left behind in its group
            self._process = None

    async def _keep_checking(self, started: float) -> None:
        failed = 0
        while True:
            if await self.spec.check():
                failed = 0
                if not self.ready:
                    self._said(f"[green]✓[/] {self.spec.title} 就绪（{time.monotonic() - started:.1f} 秒）")
                    self._set("ready")
                    self.ready_once.set()
            elif self.ready:
                failed += 1
                if failed >= FAILED_CHECKS:
                    self._said(f"[red]✗[/] {self.spec.title} 无响应（端口 {self.spec.port}）")
                    self._set("unresponsive")
            await asyncio.sleep(2.0 if self.ready else 0.3)

    def _note_exit(self, code: int, delay: float, offset: int) -> None:
        reason = signal.Signals(-code).name if code < 0 else f"退出码 {code}"
        self._last_exit = f"{reason}，{time.strftime('%H:%M:%S')}"
        lines = "".join(f"\n    [dim]{escape(line)}[/]" for line in self.tail(offset))
        self._said(
            f"[red]✗[/] {self.spec.title} 退出：{reason}；{delay:.0f} 秒后重启。日志 {self.log}{lines}"
        )
        self._set("exited")

    def _set(self, status: Status) -> None:
        if status != self._status:
            self._status, self._since = status, time.time()
            self._changed()

    @staticmethod
    def _signal(group: int, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(group, number)
