"""Reads files in a process of its own: bounded memory, time and output, no network, no programs, nothing to write."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from knowledge.formats.refusal import FileRefused, limits
from knowledge.formats.sniff import format_of

ROOT = Path(__file__).parents[2]
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000  # clone(2): without the right to, the audit hook still says no


def read_limited(name: str, path: Path) -> dict[str, Any]:
    """``reader.read_file`` for the file at ``path``, handed in as ``name``.

    :raises FileRefused: with a reason from the closed list, also when the process had to be stopped.
    """
    most = limits()["bytes"]
    if (size := path.stat().st_size) > most:
        raise FileRefused("too_large", size, most)
    format_of(name, path.read_bytes())  # looks at names and first bytes only: no process needed to say no
    return _run({"name": name, "path": str(path)})


def preview_limited(entry: dict[str, Any], text: str) -> dict[str, Any]:
    """``reader.preview``, likewise. Raises FileRefused."""
    return _run({"entry": entry, "text": text})


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    bounds = limits()["process"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "knowledge.formats"],
            cwd=ROOT,
            env={"PATH": "", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"},
            input=json.dumps(asked, ensure_ascii=False).encode(),
            capture_output=True,
            timeout=bounds["wall_seconds"],
            preexec_fn=_bound,
        )
    except subprocess.TimeoutExpired:
        raise FileRefused("time", limit=bounds["wall_seconds"]) from None
    return _result(done, bounds)


def _result(done: subprocess.CompletedProcess[bytes], bounds: dict[str, int]) -> dict[str, Any]:
    if done.returncode == -24 or done.returncode == -9:  # SIGXCPU, or the hard limit's SIGKILL
        raise FileRefused("time", limit=bounds["cpu_seconds"])
    if done.returncode != 0 or len(done.stdout) > bounds["output"]:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        if "MemoryError" in last:
            raise FileRefused("memory", limit=bounds["memory_mb"])
        raise FileRefused("crashed", f"状态 {done.returncode} {last.partition(':')[0]}")
    told: dict[str, Any] = json.loads(done.stdout)
    if refused := told.get("refused"):
        limit = refused["limit"] or bounds["memory_mb"]
        raise FileRefused(refused["reason"], refused["what"], limit)
    return told


def _bound() -> None:
    """In the child, before anything of it runs."""
    bounds = limits()["process"]
    os.nice(10)
    memory, seconds = bounds["memory_mb"] * 2**20, bounds["cpu_seconds"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _LIBC.unshare(_NEW_USER | _NEW_NET)


_LIBC = ctypes.CDLL(None)
