"""A publish killed at any file operation leaves the old generation, or already the new one, in service."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.embeddings.conftest import ROOT

OLD, NEW = ["a", "b"], ["a", "c"]


def test_a_kill_at_any_step_leaves_a_whole_generation(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.embeddings.killed_publish", str(tmp_path)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rounds = json.loads(done.stdout)
    assert [r["code"] for r in rounds] == [9] * (len(rounds) - 1) + [0]
    assert len(rounds) > 20  # mkdir, writes, manifest, rename, pointer, pruning
    served = [r["served"] for r in rounds]
    switch = served.index(NEW)
    assert served == [OLD] * switch + [NEW] * (len(rounds) - switch)
    assert 15 < switch < len(rounds) - 1  # killed on both sides of the switch
    for r in rounds:
        assert r["fallback"] == ""
        assert r["after"] == NEW
        assert r["broken"] == []
        assert r["left"] == [r["generation"]]  # nothing half-built stays behind
