"""Each hostile file is refused or flagged by name, in bounded memory and time, and nothing else notices."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.formats.limited import read_limited
from knowledge.formats.refusal import FileRefused, limits, wordings
from tests.faults.documents.hostile import Hostile, hostile

FILES = hostile()


def became(one: Hostile, path: Path) -> str:
    try:
        read = read_limited(one.name, path)
    except FileRefused as error:
        return error.reason
    return "flag:" + ",".join(flag["name"] for flag in read["flags"])


def test_there_are_sixty_of_them() -> None:
    assert len(FILES) >= 60
    assert len({one.title for one in FILES}) == len(FILES) - 1  # two are «cut in the middle»
    reasons = {reason for one in FILES for reason in one.wanted.split("|") if not reason.startswith("flag:")}
    assert reasons <= set(wordings())


@pytest.mark.parametrize("one", FILES, ids=[f"{one.name}" for one in FILES])
def test_refused_or_flagged_by_name(one: Hostile, tmp_path: Path) -> None:
    path = tmp_path / "quarantined"
    path.write_bytes(one.data)
    start = time.perf_counter()
    found = became(one, path)
    assert time.perf_counter() - start < limits()["process"]["wall_seconds"] + 5
    allowed = one.wanted.split("|")
    if one.wanted.startswith("flag:") and len(allowed) == 1:
        assert one.wanted.removeprefix("flag:") in found.removeprefix("flag:").split(","), found
        assert found.startswith("flag:")
    else:
        assert found in allowed, found
    assert sorted(p.name for p in tmp_path.iterdir()) == ["quarantined"]  # nothing was unpacked beside it


# A child starts with its parent's peak in its accounts, so the parent has to be small: it neither makes nor holds files.
_MEASURED = """
import resource, sys
from pathlib import Path
from knowledge.formats.limited import read_limited
from knowledge.formats.refusal import FileRefused
for name, path in zip(sys.argv[1::2], sys.argv[2::2]):
    try:
        read_limited(name, Path(path))
    except FileRefused:
        pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def test_no_child_took_more_memory_than_it_was_given(tmp_path: Path) -> None:
    heavy = {"bomb", "nested", "entities", "too_large", "flag:", "broken"}  # and what may end in «memory»
    chosen = [one for one in FILES if one.wanted.split("|")[0] in heavy]
    assert len(chosen) >= 20
    arguments: list[str] = []
    for i, one in enumerate(chosen):
        (tmp_path / str(i)).write_bytes(one.data)
        arguments += [one.name, str(tmp_path / str(i))]
    run = subprocess.run([sys.executable, "-c", _MEASURED, *arguments], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert 0 < int(run.stdout) <= limits()["process"]["memory_mb"] * 2**20
