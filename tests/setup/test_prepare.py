"""Preparations run when their inputs change, and only then."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bot.supervision.errors import EnvironmentMissing, StepFailed
from bot.supervision.prepare import Step, prepare, require_environments


def step(folder: Path) -> Step:
    """Appends one character to ``runs`` each time it runs."""
    (folder / "input").mkdir(exist_ok=True)
    (folder / "input" / "a.yml").write_text("1")
    code = "import sys; print('working'); open(sys.argv[1], 'a').write('x')"
    return Step(
        name="count",
        title="计数",
        command=(sys.executable, "-c", code, str(folder / "runs")),
        stamp=folder / "count.stamp",
        inputs=(folder / "input",),
        outputs=(folder / "runs",),
    )


def run(todo: Step, folder: Path) -> str:
    out = io.StringIO()
    prepare([todo], folder / "log", folder, {}, Console(file=out, width=200))
    return out.getvalue()


def test_runs_again_only_after_a_change(tmp_path: Path) -> None:
    todo = step(tmp_path)
    assert "就绪" in run(todo, tmp_path)
    assert "没有变化" in run(todo, tmp_path)
    assert (tmp_path / "runs").read_text() == "x"
    (tmp_path / "input" / "a.yml").write_text("2")
    run(todo, tmp_path)
    assert (tmp_path / "runs").read_text() == "xx"
    run(replace(todo, words=("another encoder",)), tmp_path)
    assert (tmp_path / "runs").read_text() == "xxx"


def test_runs_again_when_its_output_is_gone(tmp_path: Path) -> None:
    todo = step(tmp_path)
    run(todo, tmp_path)
    (tmp_path / "runs").unlink()
    run(todo, tmp_path)
    assert (tmp_path / "runs").read_text() == "x"


def test_a_failure_shows_its_last_lines_and_is_not_remembered(tmp_path: Path) -> None:
    broken = replace(step(tmp_path), command=(sys.executable, "-c", "import sys; sys.exit('the reason')"))
    for _ in range(2):
        with pytest.raises(StepFailed, match=r"计数没有做成（退出码 1）：\n    the reason\n  日志："):
            run(broken, tmp_path)


def test_missing_environments_are_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="make up"):
        require_environments(tmp_path)
