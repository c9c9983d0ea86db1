"""One live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import shutil
import threading
import time
import unicodedata
from typing import TextIO

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PLAIN_EVERY = 20.0  # seconds between signs of life in a log
DETAIL_COLUMNS = 64  # pip's lines list dozens of packages


def clip(text: str, columns: int) -> str:
    """Cut to a terminal width; Chinese characters take two columns."""
    used = 0
    for i, char in enumerate(text):
        used += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if used > columns:
            return text[:i]
    return text


class Board:
    """Shows what several installs are doing at once. Threads call :meth:`report`, the owner runs the block.

    with Board(sys.stderr) as board:
        board.report("主环境", "Collecting torch")
    """

    def __init__(self, out: TextIO, environ: dict[str, str] | None = None) -> None:
        env = os.environ if environ is None else environ
        self.live = out.isatty() and not env.get("CI")
        self._out = out
        self._start = time.monotonic()
        self._last: dict[str, str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True)

    def __enter__(self) -> Board:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self.live:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def report(self, task: str, detail: str) -> None:
        """The newest line of one install."""
        if not detail.startswith("WARNING"):
            self._last[task] = clip(detail, DETAIL_COLUMNS)

    def done(self, task: str) -> None:
        """Stop showing an install."""
        self._last.pop(task, None)

    def line(self, text: str) -> None:
        """A line that stays."""
        self._out.write(("\r\x1b[K" if self.live else "") + text + "\n")
        self._out.flush()

    def _summary(self) -> str:
        seconds = int(time.monotonic() - self._start)
        tasks = "  |  ".join(f"{name}：{detail}" for name, detail in list(self._last.items()))
        return f"{seconds // 60}:{seconds % 60:02d}  {tasks}"

    def _draw(self) -> None:
        turn = 0
        while not self._stop.wait(0.15 if self.live else PLAIN_EVERY):
            if not self._last:
                continue
            if self.live:
                width = shutil.get_terminal_size().columns - 3
                self._out.write(f"\r\x1b[K{SPINNER[turn % len(SPINNER)]} {clip(self._summary(), width)}")
                self._out.flush()
            else:
                self.line(clip(self._summary(), 160))
            turn += 1
