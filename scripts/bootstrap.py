#!/usr/bin/env python3
"""Make both virtual environments, or find them ready: ``python3 scripts/bootstrap.py [--dev] [--main-only]``.

They stand in the user's cache, so a second clone with the same locks installs nothing; ``var/env/main`` and
``var/env/rasa`` point to them. Any Python from 3.8 on runs this file.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

if sys.version_info < (3, 8):
    sys.exit("需要 Python 3.8 或更新的版本来运行 scripts/bootstrap.py，现在是 " + sys.version.split()[0])

from provision.environments import Environment, cache_root, ensure, overlay
from provision.errors import SetupError
from provision.progress import Board

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "requirements"


def environments() -> list[Environment]:
    """The two environments; torch goes in first and alone, see requirements/torch.txt."""
    torch, main, rasa = LOCKS / "torch.txt", LOCKS / "main.lock", LOCKS / "rasa.lock"
    return [
        Environment(
            name="main",
            title="主环境",
            minors=("3.11", "3.12", "3.13"),
            inputs=(torch, main),
            installs=(("-r", str(torch), "-c", str(main)), ("--no-deps", "-r", str(main))),
            megabytes=2500,
        ),
        Environment(
            name="rasa",
            title="Rasa 环境",
            minors=("3.10",),
            inputs=(rasa,),
            installs=(("--no-deps", "-r", str(rasa)),),
            megabytes=3500,
        ),
    ]


def link(name: str, folder: Path) -> None:
    """Point ``var/env/<name>`` at an environment, replacing the old link in one step."""
    target = ROOT / "var" / "env" / name
    if target.is_symlink() and os.readlink(target) == str(folder):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{name}-{os.getpid()}")
    fresh.symlink_to(folder)
    fresh.replace(target)


def build(env: Environment, dev: bool, board: Board) -> None:
    """Make one environment and link it."""
    started, shown = time.monotonic(), []

    def report(text: str) -> None:
        if not shown:
            board.line(f"{env.title}：开始安装（只在首次或依赖变化时）")
            shown.append(True)
        board.report(env.title, text)

    folder = ensure(env, cache_root(dict(os.environ)), dict(os.environ), report)
    if dev and env.name == "main":
        overlay(folder, LOCKS / "dev.lock", dict(os.environ), report)
    link(env.name, folder)
    board.done(env.title)
    if shown:
        board.line(f"{env.title}：就绪，用时 {time.monotonic() - started:.0f} 秒")


def main() -> int:
    wanted = [env for env in environments() if env.name == "main" or "--main-only" not in sys.argv]
    failures = []
    # Unpacking keeps one core busy, so the two installs run side by side.
    with Board(sys.stderr) as board, ThreadPoolExecutor(len(wanted)) as pool:
        for done in as_completed([pool.submit(build, env, "--dev" in sys.argv, board) for env in wanted]):
            error = done.exception()
            if isinstance(error, SetupError):
                failures.append(str(error))
            elif error is not None:
                raise error
    for message in failures:
        print(f"\n✗ {message}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\n已中断；再次运行会从头补完未装好的环境")
