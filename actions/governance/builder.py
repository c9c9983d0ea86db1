"""Runs the building of a generation in a process of its own: the one that answers keeps its time and memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from actions.governance.errors import BuildFailed

FILE = Path(__file__).with_name("publishing.yml")
MODULE = "actions.bootstrap.build_generation"
_TOLD = 300  # characters of what it wrote last


@dataclass(frozen=True)
class Limits:
    """Of the building process: address space in bytes, seconds on the clock, how far it stands back."""

    memory: int
    seconds: float
    nice: int

    @classmethod
    def load(cls, path: Path = FILE) -> Limits:
        """``build`` in ``publishing.yml``."""
        build = yaml.safe_load(path.read_text(encoding="utf-8"))["build"]
        return cls(int(build["memory_mb"]) * 2**20, float(build["seconds"]), int(build["nice"]))


class Builder:
    """``Builder(environ, root, Limits.load())(folder)`` → the id of the new generation.

    :param environ: all that the process gets to know; no secrets are needed.
    :param root: the folder from which the project's packages are imported.
    """

    def __init__(self, environ: dict[str, str], root: Path, limits: Limits) -> None:
        self._environ, self._root, self._limits = environ, root, limits

    def __call__(self, folder: Path) -> str:
        """Build from the files in ``folder``. Raises BuildFailed with what it said last."""
        try:
            done = subprocess.run(
                [sys.executable, "-m", MODULE, str(folder)],
                cwd=self._root,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=self._limits.seconds,
                preexec_fn=self._stand_back,
            )
        except subprocess.TimeoutExpired:
            raise BuildFailed(f"建立新一代超过 {self._limits.seconds:g} 秒，已停止") from None
        generation = done.stdout.strip().rpartition("\n")[2]
        if done.returncode != 0 or not generation:
            last = done.stderr.strip().rpartition("\n")[2][-_TOLD:]
            raise BuildFailed(f"建立新一代没有成功（状态 {done.returncode}）：{last or '没有说明原因'}")
        return generation

    def _stand_back(self) -> None:
        os.nice(self._limits.nice)
        resource.setrlimit(resource.RLIMIT_AS, (self._limits.memory, self._limits.memory))
