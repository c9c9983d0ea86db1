#!/usr/bin/env python3
"""Lint, prepare what the real processes need, and run every test: ``make test``.

Each check runs even when an earlier one failed, so that one run shows everything; pytest comes last, so its
summary line ends the output.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent  # not resolved: the environment's own folder
LINT = (
    ("ruff check", [str(BIN / "ruff"), "check", "--output-format", "concise", "."]),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "--output-format", "concise", "."]),
    ("import-linter", [str(BIN / "lint-imports"), "--no-cache"]),
    ("mypy", [str(BIN / "mypy")]),
)


def passed(name: str, command: list[str]) -> bool:
    """Run one check in the foreground and say how long it took."""
    print(f"── {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT).returncode
    print(
        f"── {name}：{'通过' if code == 0 else f'失败（退出码 {code}）'}，{time.monotonic() - started:.0f} 秒",
        flush=True,
    )
    return code == 0


def main() -> int:
    results = [passed(name, command) for name, command in LINT]
    if "--lint-only" in sys.argv:
        return 0 if all(results) else 1
    results.append(passed("准备索引和对话模型", [sys.executable, "-m", "bot.supervisor", "prepare"]))
    if not all(results):
        print("── 上面有失败的检查；测试照跑", flush=True)
    code = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=ROOT).returncode
    return code or (0 if all(results) else 1)


if __name__ == "__main__":
    sys.exit(main())
