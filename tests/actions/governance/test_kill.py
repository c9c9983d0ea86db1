"""kill -9 at 50 seeded moments of a publication: afterwards the old generation or the new one, never anything else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
OLD, NEW = ["page"], ["page", "upload-1"]


def test_after_a_kill_the_old_or_the_new_generation_is_served(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.actions.governance.killed_publish", str(tmp_path)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    rounds = found["rounds"]
    assert len(rounds) == 50
    assert [r["code"] for r in rounds] == [-9] * 50  # every one of them was really killed
    assert len({r["at"] for r in rounds}) == 50
    for r in rounds:
        assert r["sources"] in (OLD, NEW), r
        assert ("187" in r["answer"]) == (r["sources"] == NEW), r  # documents and index belong together
        assert r["after"] == NEW
        assert r["same"] == (r["sources"] == NEW)
    served = [r["sources"] for r in rounds]
    assert served == sorted(served, key=len)  # before the switch the old one, from then on the new one
    assert OLD in served
    assert NEW in served
