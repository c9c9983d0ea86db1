"""What has to exist before the processes start: the index (with the embedding model) and the dialogue model.

Each step says by a hash of its inputs whether there is anything to do, so a second start does none of it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from actions.settings import Settings
from bot.supervision.errors import EnvironmentMissing, StepFailed

SHOWN_LINES = 15  # of a failed step
SHOWN_COLUMNS = 80
PLAIN_EVERY = 20.0  # seconds between signs of life in a log


@dataclass(frozen=True)
class Step:
    """One preparation.

    ``inputs`` are files or folders; when neither they nor ``words`` changed since ``stamp`` was written, and the
    ``outputs`` exist, there is nothing to do. A step without a stamp decides that itself.
    """

    name: str
    title: str
    command: tuple[str, ...]
    stamp: Path | None = None
    inputs: tuple[Path, ...] = ()
    outputs: tuple[Path, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)  # over the inherited one
    shows: bool = False  # draws its own progress on standard error when that is a terminal
    words: tuple[str, ...] = ()  # settings that matter as much as the files

    def key(self) -> str:
        """Equal inputs, equal key."""
        digest = hashlib.sha256("\0".join((*self.command, *self.words)).encode())
        for path in self.inputs:
            for file in _files(path):
                digest.update(file.as_posix().encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()


def require_environments(root: Path) -> tuple[Path, Path]:
    """The two interpreters, main and Rasa.

    :raises EnvironmentMissing: when ``make up`` has not made them
    """
    found = tuple(root / "var" / "env" / name / "bin" / "python" for name in ("main", "rasa"))
    for path in found:
        if not path.exists():
            raise EnvironmentMissing(
                f"没有虚拟环境 {path}。\n  解决：运行 make up，或 python3 scripts/bootstrap.py"
            )
    return found[0], found[1]


def steps(settings: Settings, root: Path, python: Path, rasa_python: Path) -> list[Step]:
    """Everything to prepare, in order."""
    index, models = settings.index_path(), settings.rasa_model_path()
    return [
        Step(
            name="index",
            title="索引与嵌入模型",
            command=(str(python), "-m", "bot.cli", "index", "build"),
            stamp=index.with_name(index.name + ".stamp"),
            inputs=(
                *(root / name for name in ("knowledge", "embeddings", "actions", "requirements/main.lock")),
                settings.sources_dir,
            ),
            outputs=(index, settings.models_path()),
            # Nothing else runs yet, so this once it may have the whole machine.
            environ={"ENCODER_THREADS": str(os.cpu_count() or 1)},
            shows=True,
            words=(settings.encoder_model, settings.encoder_backend),
        ),
        Step(
            name="dialogue",
            title="对话模型",
            command=(
                *(str(python), "scripts/train_rasa.py"),
                *("--python", str(rasa_python), "--out", str(models)),
            ),
        ),
    ]


def prepare(
    todo: Sequence[Step], logs: Path, root: Path, inherited: Mapping[str, str], console: Console
) -> None:
    """Run the steps that have something to do.

    :raises StepFailed: naming the step, its last lines and its log
    """
    for step in todo:
        key = step.key()
        if _is_done(step, key):
            console.print(f"[green]✓[/] {step.title}：没有变化")
            continue
        started = time.monotonic()
        _run(step, logs, root, inherited, console)
        if step.stamp:
            step.stamp.write_text(key, "ascii")
        console.print(f"[green]✓[/] {step.title}：就绪，用时 {time.monotonic() - started:.0f} 秒")


def _is_done(step: Step, key: str) -> bool:
    if step.stamp is None or not step.stamp.exists() or step.stamp.read_text("ascii") != key:
        return False
    return all(path.exists() for path in step.outputs)


def _run(step: Step, folder: Path, root: Path, inherited: Mapping[str, str], console: Console) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{step.name}.log"
    tail: deque[str] = deque(maxlen=SHOWN_LINES)
    own = step.shows and console.is_terminal
    process = subprocess.Popen(
        step.command,
        cwd=root,
        env={**inherited, **step.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if own else subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    try:
        bar = _progress(step.title, console, hidden=own)
        with process.stdout, log.open("w", encoding="utf-8") as out, bar as show:
            for line in process.stdout:
                out.write(line)
                if line.strip():
                    tail.append(line.rstrip())
                    show(line.strip())
    finally:
        process.terminate()  # after an interrupt; without effect on one that has ended
        code = process.wait()
    if code != 0:
        lines = "\n".join(f"    {line}" for line in tail)
        raise StepFailed(f"{step.title}没有做成（退出码 {code}）：\n{lines}\n  日志：{log}")


@contextmanager
def _progress(title: str, console: Console, hidden: bool) -> Iterator[Callable[[str], None]]:
    """One live line on a terminal; elsewhere a sign of life now and then. Yields what takes each line of output."""
    if hidden:
        console.print(f"… {title}")
        yield lambda line: None
        return
    started, newest, over = time.monotonic(), [""], threading.Event()

    def text() -> Text:
        lasted = f"… {title} {time.monotonic() - started:.0f} 秒  [dim]{escape(newest[0][:SHOWN_COLUMNS])}[/]"
        return Text.from_markup(lasted, overflow="ellipsis")

    def draw() -> None:
        while not over.wait(0.5 if console.is_terminal else PLAIN_EVERY):
            if console.is_terminal:
                status.update(text())
            else:
                console.print(text())

    status = console.status(text())
    drawing = threading.Thread(target=draw, daemon=True)
    drawing.start()
    try:
        with status if console.is_terminal else nullcontext():
            yield lambda line: newest.__setitem__(0, line)
    finally:
        over.set()
        drawing.join()


def _files(path: Path) -> list[Path]:
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return [p for p in files if "__pycache__" not in p.parts]
