"""What the supervisor knows, in a file that ``make status`` and the tests read."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rich.table import Table

Status = Literal["waiting", "starting", "ready", "unresponsive", "exited", "stopped"]
Phase = Literal["starting", "ready", "degraded", "stopping", "stopped", "failed"]
WORDS: dict[str, str] = {
    "waiting": "[dim]等待[/]",
    "starting": "[yellow]启动中[/]",
    "ready": "[green]就绪[/]",
    "unresponsive": "[red]无响应[/]",
    "exited": "[red]已退出，将重启[/]",
    "stopped": "[dim]已停止[/]",
    "degraded": "[red]部分可用[/]",
    "stopping": "[yellow]停止中[/]",
    "failed": "[red]启动失败[/]",
}


@dataclass(frozen=True)
class ProcessState:
    """One process at one moment. ``since`` is when ``status`` began, in seconds of the epoch."""

    name: str
    title: str
    status: Status
    pid: int | None
    port: int
    since: float
    restarts: int
    last_exit: str
    log: str


@dataclass(frozen=True)
class State:
    """All of it at one moment."""

    phase: Phase
    pid: int
    address: str
    processes: tuple[ProcessState, ...]
    message: str = ""

    def write(self, path: Path) -> None:
        """Replace the file in one step, so that a reader never sees half of it."""
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")
        fresh.replace(path)

    @classmethod
    def read(cls, path: Path) -> State | None:
        """The last state written, or ``None`` when there never was one."""
        try:
            data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        return cls(**{**data, "processes": tuple(ProcessState(**p) for p in data["processes"])})


def table(processes: Sequence[ProcessState]) -> Table:
    """The processes as a person reads them."""
    result = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("进程", "状态", "已持续", "端口", "pid", "重启", "最近一次退出"):
        result.add_column(column)
    for p in processes:
        seconds = int(time.time() - p.since)
        lasted = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        pid = str(p.pid or "—")
        result.add_row(
            p.title, WORDS[p.status], lasted, str(p.port), pid, str(p.restarts), p.last_exit or "—"
        )
    return result


class RunLock:
    """Held for as long as a supervisor lives; the kernel frees it however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock; ``False`` when another supervisor holds it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        for attempt in range(5):  # a `status` looking at the lock holds it for an instant
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.02 * attempt)
        else:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """Process id of the supervisor running now, not counting this one; ``None`` when there is none."""
        while True:
            try:
                with self._path.open() as file:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # let go when the file is closed
                return None
            except FileNotFoundError:
                return None
            except BlockingIOError:
                if text := self._path.read_text():
                    return int(text)
                time.sleep(0.01)  # between taking the lock and writing its name
