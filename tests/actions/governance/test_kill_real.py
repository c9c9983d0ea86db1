"""kill -9 of the service, of its building process, or of both, at seeded moments of a real publication.

Afterwards exactly the old generation or the new one is served, whole, and the publication can be repeated. The short form
takes two moments; ``KILLS=50 python -m pytest tests/actions/governance/test_kill_real.py`` the long one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from actions.settings import ROOT, load_settings
from tests.actions.governance.making import BASE, write_base

pytestmark = pytest.mark.slow
SEED, KILLS = 20261122, int(os.environ.get("KILLS", "2"))
MOMENTS = (
    ("both", "build"),
    ("builder", "build"),
    ("service", "build"),
    ("both", "load"),
    ("service", "switch"),
)
OLD, NEW = ["page"], ["page", "upload-1"]
LONGEST = 240.0  # seconds for one process on a busy machine


def environment(root: Path) -> dict[str, str]:
    settings = load_settings()
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "VAR_DIR": str(root),
        "INDEX_DIR": str(root / "index"),
        "SOURCES_DIR": str(root / "base" / "sources"),
        "MODEL_DIR": str(settings.models_path()),
        "ENCODER_MODEL": settings.encoder_model,
        "ENCODER_BACKEND": settings.encoder_backend,
    }


def start(root: Path, what: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.actions.governance.real_publish", what],
        cwd=ROOT,
        env=environment(root),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def lines(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout
    for line in process.stdout:
        if line.startswith("{"):
            yield json.loads(line)


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []


def kill(process: subprocess.Popen[str], whom: str) -> None:
    """SIGKILL; whoever has ended by then has ended."""
    builders = children(process.pid)
    for pid in {"service": [process.pid], "builder": builders, "both": [process.pid, *builders]}[whom]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kill") / "before"
    write_base(root / "base", BASE)
    begun = start(root, "begin")
    _, errors = begun.communicate(timeout=LONGEST)
    assert begun.returncode == 0, errors[-1500:]
    return root


def publication(root: Path) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """A whole one, unharmed; how many seconds each of its steps took."""
    process = start(root, "publish")
    told, at = [], []
    for line in lines(process):
        told.append(line)
        at.append(time.monotonic())
    _, errors = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, errors[-1500:]
    lasted = [later - earlier for earlier, later in zip(at, at[1:], strict=False)]
    return told, {line["step"]: seconds for line, seconds in zip(told, lasted, strict=False)}


def killed(root: Path, whom: str, during: str, after: float) -> tuple[int, str]:
    """Kill so many seconds into a step; the exit code, and the last step that was told."""
    process = start(root, "publish")
    said = lines(process)
    step = ""
    for line in said:
        step = line["step"]
        if step == during:
            time.sleep(after)
            kill(process, whom)
    process.wait(LONGEST)
    process.communicate()
    return process.returncode, step


def test_after_kills_of_the_real_processes_the_old_or_the_new_generation_is_served(before: Path) -> None:
    whole = before.with_name("whole")
    shutil.copytree(before, whole)
    told, seconds = publication(whole)
    assert [line["step"] for line in told] == ["ready", "build", "load", "check", "switch", "done"]
    draw = random.Random(SEED)
    found = []
    for i in range(KILLS):
        root = before.with_name(f"round-{i}")
        shutil.copytree(before, root)
        whom, during = MOMENTS[i % len(MOMENTS)]
        after = draw.uniform(0.0, seconds[during])
        code, step = killed(root, whom, during, after)
        again, _ = publication(root)
        ready, done = again[0], again[-1]
        found.append((whom, during, round(after, 2), code, step, ready["sources"]))
        assert ready["sources"] in (OLD, NEW), found[-1]
        assert ready["told"] == (ready["sources"] == NEW), found[-1]  # texts and index belong together
        assert done["step"] == "done", (found[-1], again)
        assert done["sources"] == NEW, found[-1]
        assert done["told"], found[-1]
        assert done["broken"] == [], found[-1]
        shutil.rmtree(root)
    print(f"seconds for each step: {seconds}; {KILLS} kills: {found}")
    assert any(code != 0 for _, _, _, code, _, _ in found)
