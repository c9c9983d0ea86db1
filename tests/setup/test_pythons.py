"""The search for an interpreter, against executables that behave like the ones people have."""

from __future__ import annotations

from pathlib import Path

import pytest
from provision.errors import PythonMissing
from provision.pythons import Search

WANTED = "3.77"  # a version that this test does not run under and no machine has


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def works(path: Path, version: str = WANTED) -> Path:
    return executable(path, f'echo "{version}|{path}"')


def search(tmp_path: Path, *minors: str) -> Search:
    return Search(
        minors or (WANTED,),
        {"PATH": f"{tmp_path / 'shims'}:{tmp_path / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path)},
    )


def test_passes_over_a_shim_that_does_not_run(tmp_path: Path) -> None:
    executable(
        tmp_path / "shims" / f"python{WANTED}",
        f'echo "pyenv: python{WANTED}: command not found" >&2; exit 127',
    )
    real = works(tmp_path / "bin" / f"python{WANTED}")
    assert search(tmp_path).find() == real


def test_looks_into_pyenv_when_path_has_only_the_shim(tmp_path: Path) -> None:
    executable(tmp_path / "shims" / f"python{WANTED}", "exit 127")
    real = works(tmp_path / ".pyenv" / "versions" / f"{WANTED}.4" / "bin" / f"python{WANTED}")
    assert search(tmp_path).find() == real


def test_takes_the_first_wanted_version_that_there_is(tmp_path: Path) -> None:
    real = works(tmp_path / "bin" / "python3.78", "3.78")
    assert search(tmp_path, WANTED, "3.78").find() == real


def test_asks_uv_last(tmp_path: Path) -> None:
    real = works(tmp_path / "managed" / f"python{WANTED}")
    executable(tmp_path / "bin" / "uv", f'[ "$2" = install ] || echo {real}')
    assert search(tmp_path).find() == real


def test_says_what_was_tried_and_how_to_mend_it(tmp_path: Path) -> None:
    executable(tmp_path / "shims" / f"python{WANTED}", 'echo "pyenv: command not found" >&2; exit 127')
    works(tmp_path / "bin" / f"python{WANTED}", "3.9")
    with pytest.raises(PythonMissing) as refused:
        search(tmp_path).find()
    message = str(refused.value)
    assert f"找不到能运行的 Python {WANTED}" in message
    assert "pyenv: command not found" in message
    assert "实际是 Python 3.9" in message
    assert f"pyenv install {WANTED}" in message


def test_names_the_missing_venv_package(tmp_path: Path) -> None:
    broken = "echo \"ModuleNotFoundError: No module named 'ensurepip'\" >&2; exit 1"
    executable(tmp_path / "bin" / f"python{WANTED}", broken)
    with pytest.raises(PythonMissing, match=f"apt-get install python{WANTED}-venv"):
        search(tmp_path).find()
