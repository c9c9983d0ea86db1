"""kill -9 of the service, of its building process, or of both, at seeded moments of a real publication.

Afterwards exactly the old generation or the new one is served, whole. Each publication begins upon what the killed one
before it left lying, and every fifth, and the last, is let come to its end. The short form takes two moments, ``make
kill-publish`` fifty.
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
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from actions.settings import ROOT, load_settings
from benchmarks.record import commit, write_section
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


@dataclass(frozen=True)
class Round:
    """One kill, and what the next process found."""

    whom: str
    during: str
    after: float  # seconds into the step
    code: int  # the service's; 0: it lived on and said why not, or had just come to its end
    step: str  # the last one it told
    found: str  # the generation that was served afterwards: old or new


def publication(root: Path) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """A whole one, unharmed; how many seconds each of its steps took."""
    process = start(root, "publish")
    told, at = [], []
    for line in lines(process):
        told.append(line)
        at.append(time.monotonic())
    _, errors = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, errors[-1500:]
    assert told[-1]["step"] == "done", told
    assert told[-1]["sources"] == NEW, told
    assert sound(told[-1]) == "new", told
    lasted = [later - earlier for earlier, later in zip(at, at[1:], strict=False)]
    return told, {line["step"]: seconds for line, seconds in zip(told, lasted, strict=False)}


def killed(root: Path, whom: str, during: str, after: float) -> tuple[int, str]:
    """Kill so many seconds into a step; the exit code, and the last step that was told."""
    process = start(root, "publish")
    step = ""
    for line in lines(process):
        step = line["step"]
        if step == during:
            time.sleep(after)
            kill(process, whom)
    process.wait(LONGEST)
    process.communicate()
    return process.returncode, step


def looked(root: Path) -> dict[str, Any]:
    """What a service that starts now serves."""
    process = start(root, "look")
    out, errors = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, errors[-1500:]
    return dict(json.loads(out.strip().rpartition("\n")[2]))


def sound(said: dict[str, Any]) -> str:
    """Which generation it is. It must be whole: its texts and its index belong together, no file is damaged."""
    assert said["sources"] in (OLD, NEW), said
    assert said["told"] == (said["sources"] == NEW), said
    assert said["broken"] == [], said
    return "new" if said["sources"] == NEW else "old"


def table(rounds: Sequence[Round]) -> str:
    """By who was killed in which step."""
    counted = Counter((one.whom, one.during, one.found) for one in rounds)
    head = "| killed | during | kills | old generation afterwards | new generation afterwards | neither |\n|---|---|---|---|---|---|"
    rows = []
    for whom, during in dict.fromkeys((one.whom, one.during) for one in rounds):
        old, new = counted[whom, during, "old"], counted[whom, during, "new"]
        rows.append(f"| {whom} | {during} | {old + new} | {old} | {new} | 0 |")
    return "\n".join([head, *rows])


def test_after_kills_of_the_real_processes_the_old_or_the_new_generation_is_served(before: Path) -> None:
    began, root = commit(), before.with_name("round")
    shutil.copytree(before, before.with_name("whole"))
    told, seconds = publication(before.with_name("whole"))
    assert [line["step"] for line in told] == ["ready", "build", "load", "check", "switch", "done"]
    draw, rounds = random.Random(SEED), []
    for i in range(KILLS):
        if not root.exists():
            shutil.copytree(before, root)
        whom, during = MOMENTS[i % len(MOMENTS)]
        after = draw.uniform(0.0, seconds[during])
        code, step = killed(root, whom, during, after)
        found = sound(looked(root))
        rounds.append(Round(whom, during, round(after, 2), code, step, found))
        print(rounds[-1], flush=True)
        if found == "new" or i % len(MOMENTS) == len(MOMENTS) - 1 or i == KILLS - 1:
            publication(root)  # it can be repeated, whatever the kills left lying
            shutil.rmtree(root)
    print(f"seconds for each step: {seconds}\n{table(rounds)}")
    assert any(one.code != 0 for one in rounds)
    if out := os.environ.get("KILLS_OUT", ""):
        measured = f"Seed {SEED}; seconds into the step drawn at random.\n\n{table(rounds)}"
        write_section(
            Path(out), "Kills while publishing", f"make kill-publish KILLS={KILLS} OUT={out}", began, measured
        )
