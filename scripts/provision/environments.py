"""Virtual environments in the user's cache, keyed by their lock files, built once for all clones."""

from __future__ import annotations

import collections
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Sequence

from .errors import DiskFull, InstallFailed, SetupError
from .pythons import Search

Report = Callable[[str], None]
FORMAT = "1"  # raise to rebuild every environment after a change of this file
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")
# Without compiling: a quarter of the modules is ever imported, and those compile themselves on first import.
INSTALL = ("install", "--progress-bar", "off", "--no-warn-script-location", "--no-compile")
NETWORK = re.compile(
    r"NewConnectionError|ConnectionError|Max retries|timed out|name resolution|Name or service|unreachable|"
    r"SSLError|ProxyError|No matching distribution|HTTP error|IncompleteRead|Connection (?:refused|reset|broken)"
)


@dataclass(frozen=True)
class Environment:
    """What one virtual environment holds.

    ``installs`` are the arguments of the pip runs that fill it, ``inputs`` the files that define it,
    ``megabytes`` its size on disk.
    """

    name: str
    title: str
    minors: Sequence[str]
    inputs: Sequence[Path]
    installs: Sequence[Sequence[str]]
    megabytes: int

    def key(self) -> str:
        """The environment's folder name: equal content, equal name."""
        digest = hashlib.sha256(FORMAT.encode())
        for path in self.inputs:
            digest.update(path.read_bytes())
        return f"{self.name}-{digest.hexdigest()[:12]}"


def cache_root(environ: dict[str, str]) -> Path:
    """``$XDG_CACHE_HOME/haishu-81890/envs`` or its usual place under the home folder."""
    base = environ.get("XDG_CACHE_HOME") or str(Path(environ.get("HOME", str(Path.home()))) / ".cache")
    return Path(base) / "haishu-81890" / "envs"


def is_complete(folder: Path, marker: str = ".complete") -> bool:
    """Whether an environment was finished and its interpreter still runs (a removed pyenv version breaks it)."""
    if not (folder / marker).is_file():
        return False
    try:
        return subprocess.run([str(folder / "bin" / "python"), "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def ensure(env: Environment, root: Path, environ: dict[str, str], report: Report) -> Path:
    """The environment's folder, built when it is missing or half-made.

    :raises SetupError: naming the cause and the fix.
    """
    folder = root / env.key()
    if is_complete(folder):
        return folder
    _make_root(root)
    with locked(folder.with_suffix(".lock"), lambda: report("等待另一个安装结束")):
        if is_complete(folder):  # the other one made it
            return folder
        _require_space(root, env)
        report("寻找 Python " + "/".join(env.minors[:2]))
        python = Search(env.minors, environ).find()
        shutil.rmtree(folder, ignore_errors=True)
        log = folder.with_suffix(".log")
        log.write_text("", "utf-8")
        report("创建虚拟环境")
        run_logged([str(python), "-m", "venv", str(folder)], log, environ, report)
        fill(folder, env.installs, log, environ, report)
        (folder / ".complete").write_text(json.dumps({"python": str(python), "made": time.time()}), "utf-8")
    return folder


def overlay(folder: Path, lock: Path, environ: dict[str, str], report: Report) -> None:
    """Add the test and lint tools to a finished environment. Their lock never moves a package of the main one."""
    marker = ".dev-" + hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    if (folder / marker).is_file():
        return
    with locked(folder.with_suffix(".lock"), lambda: report("等待另一个安装结束")):
        if not (folder / marker).is_file():
            log = folder.with_suffix(".log")
            fill(folder, [["--no-deps", "-r", str(lock)]], log, environ, report)
            (folder / marker).touch()


def fill(
    folder: Path, installs: Sequence[Sequence[str]], log: Path, environ: dict[str, str], report: Report
) -> None:
    """Run pip once for each list of arguments."""
    for arguments in installs:
        run_logged([str(folder / "bin" / "python"), *PIP, *INSTALL, *arguments], log, environ, report)


def run_logged(command: Sequence[str], log: Path, environ: dict[str, str], report: Report) -> None:
    """Run a command into the log, reporting its newest line.

    :raises DiskFull, InstallFailed: told apart by what the command said.
    """
    tail: collections.deque[str] = collections.deque(maxlen=60)
    clean = {
        k: v for k, v in environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_USER")
    }
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env=clean,
    )
    assert process.stdout is not None
    try:
        with process.stdout, log.open("a", encoding="utf-8") as out:
            for line in process.stdout:
                out.write(line)
                tail.append(line.rstrip())
                if line.strip():
                    report(line.strip())
    except OSError as error:
        process.kill()
        raise DiskFull(f"写不了日志 {log}：{error}。\n  解决：腾出磁盘空间后重来") from error
    finally:
        process.wait()
    if process.returncode != 0:
        raise explain("\n".join(tail), log)


def explain(output: str, log: Path) -> SetupError:
    """Turn pip's last lines into one message with the fix."""
    errors = [
        line for line in output.splitlines() if "ERROR" in line or "error:" in line
    ] or output.splitlines()
    said = errors[-1].strip() if errors else "（没有输出）"
    if "No space left" in output or "Disk quota exceeded" in output:
        free = shutil.disk_usage(log.parent).free // 2**20
        return DiskFull(
            f"磁盘已满：{log.parent} 只剩 {free} MB。\n"
            f"  解决：腾出空间，或把 XDG_CACHE_HOME 指到更大的磁盘，再重来。\n  日志：{log}"
        )
    if NETWORK.search(output):
        return InstallFailed(
            f"下载失败：{said}\n  解决：检查网络；用镜像时设 PIP_INDEX_URL；已下载的部分有缓存，重来即可。\n  日志：{log}"
        )
    return InstallFailed(f"安装失败：{said}\n  日志：{log}")


def _require_space(root: Path, env: Environment) -> None:
    free = shutil.disk_usage(root).free // 2**20
    if free < env.megabytes:
        raise DiskFull(
            f"磁盘空间不够：{env.title}要 {env.megabytes} MB，{root} 只剩 {free} MB。\n"
            f"  解决：腾出空间，或把 XDG_CACHE_HOME 指到更大的磁盘，再重来"
        )


def _make_root(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"建不了缓存目录 {root}：{error.strerror}。\n  解决：修好权限，或把 XDG_CACHE_HOME 指到可写的目录"
        ) from error


@contextlib.contextmanager
def locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a file lock; the kernel frees it when the holder dies, however it dies."""
    descriptor = os.open(str(path), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waiting()
                time.sleep(0.5)
        yield
    finally:
        os.close(descriptor)
