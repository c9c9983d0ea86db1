"""Virtual environments made for real, from a package small enough to install in a moment."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from provision.environments import Environment, cache_root, ensure, explain, is_complete, overlay
from provision.errors import DiskFull, InstallFailed, SetupError

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
ENVIRON = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}


def quiet(_: str) -> None:
    pass


def wheel(folder: Path, name: str = "tiny") -> Path:
    """A wheel of one module, as pip wants it."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "SIZE = 1\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def environment(folder: Path, *extra: str) -> Environment:
    lock = folder / "small.lock"
    lock.write_text("tiny==1.0\n")
    return Environment(
        "small", "小环境", (MINOR,), (lock,), (("--no-index", str(wheel(folder)), *extra),), 10
    )


def imports(folder: Path, module: str) -> bool:
    return (
        subprocess.run(
            [folder / "bin" / "python", "-c", f"import {module}"], stderr=subprocess.DEVNULL
        ).returncode
        == 0
    )


@pytest.mark.slow
def test_builds_once_and_mends_what_was_left_half_made(tmp_path: Path) -> None:
    env, root = environment(tmp_path), tmp_path / "envs"
    half = root / env.key()
    (half / "bin").mkdir(parents=True)
    (half / "leftover").touch()
    assert not is_complete(half)

    folder = ensure(env, root, ENVIRON, quiet)
    assert imports(folder, "tiny")
    assert not (folder / "leftover").exists()

    said: list[str] = []
    assert ensure(env, root, ENVIRON, said.append) == folder
    assert said == []  # nothing to do, nothing said

    (folder / "bin" / "python").unlink()  # as when the interpreter it was made from is removed
    assert not is_complete(folder)


@pytest.mark.slow
def test_two_clones_at_once_install_once(tmp_path: Path) -> None:
    env, root, said = environment(tmp_path), tmp_path / "envs", []
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: ensure(env, root, ENVIRON, said.append), range(2))
    assert first == second
    assert said.count("创建虚拟环境") == 1


def test_a_changed_lock_is_another_environment(tmp_path: Path) -> None:
    env = environment(tmp_path)
    before = env.key()
    env.inputs[0].write_text("tiny==1.1\n")
    assert env.key() != before


@pytest.mark.slow
def test_test_tools_are_added_without_a_rebuild(tmp_path: Path) -> None:
    env, root = environment(tmp_path), tmp_path / "envs"
    folder = ensure(env, root, ENVIRON, quiet)
    made = (folder / ".complete").stat().st_mtime_ns
    lock = tmp_path / "dev.lock"
    lock.write_text(f"--no-index\n{wheel(tmp_path, 'tool')}\n")
    overlay(folder, lock, ENVIRON, quiet)
    assert imports(folder, "tool")
    assert (folder / ".complete").stat().st_mtime_ns == made


@pytest.mark.slow
def test_a_failed_install_is_not_taken_for_complete(tmp_path: Path) -> None:
    env, root = environment(tmp_path, "does-not-exist-anywhere==1"), tmp_path / "envs"
    with pytest.raises(InstallFailed) as refused:
        ensure(env, root, ENVIRON, quiet)
    log = root / f"{env.key()}.log"
    assert "下载失败" in str(refused.value)
    assert "does-not-exist-anywhere" in str(refused.value)
    assert str(log) in str(refused.value)
    assert "does-not-exist-anywhere" in log.read_text()
    assert not is_complete(root / env.key())


def test_a_full_disk_is_named_before_and_during(tmp_path: Path) -> None:
    huge = Environment("huge", "大环境", (MINOR,), (), (), megabytes=10**9)
    with pytest.raises(DiskFull, match="大环境要 1000000000 MB"):
        ensure(huge, tmp_path / "envs", ENVIRON, quiet)
    said = explain(
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        tmp_path / "l",
    )
    assert isinstance(said, DiskFull)
    assert "XDG_CACHE_HOME" in str(said)


def test_a_cache_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="建不了缓存目录"):
        ensure(environment(tmp_path), tmp_path / "file" / "envs", ENVIRON, quiet)


def test_the_cache_follows_xdg(tmp_path: Path) -> None:
    assert cache_root({"XDG_CACHE_HOME": "/x", "HOME": "/h"}) == Path("/x/haishu-81890/envs")
    assert cache_root({"HOME": "/h"}) == Path("/h/.cache/haishu-81890/envs")
