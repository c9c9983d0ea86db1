"""Writes what a benchmark printed into a results file, one section a benchmark, with what it was measured on."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAD = (
    "# Results\n\nWritten by the commands named below; do not edit. Rerun a command to replace its section.\n"
)


def write_section(file: Path, title: str, command: str, measured: str, text: str) -> None:
    """Replace the section ``title`` of ``file``, or add it at the end; other sections stay as they are."""
    old = file.read_text(encoding="utf-8") if file.exists() else HEAD
    section = f"## {title}\n\n`{command}`\n\n{circumstances(measured)}\n\n{text.strip()}\n"
    place = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.M | re.S)
    new = place.sub(lambda _: section + "\n", old) if place.search(old) else f"{old.rstrip()}\n\n{section}"
    file.write_text(new.rstrip() + "\n", encoding="utf-8")


def circumstances(measured: str) -> str:
    """Date, commit, processor cores and how busy they were: times can't be compared without.

    :param measured: ``commit()`` as it was when the run began.
    """
    one, _, fifteen = os.getloadavg()
    return (
        f"{dt.date.today().isoformat()}, commit {measured}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores with a load of {fifteen:.1f} ({one:.1f} at the end): other work was running when "
        "it is above the threads used, and then only processor times compare."
    )


def commit() -> str:
    """The commit of the work tree, and whether files under the measured folders differ from it."""
    head = _git("rev-parse", "--short", "HEAD")
    changed = _git(
        "status", "--porcelain", "--", "embeddings", "knowledge", "benchmarks/*.py", "benchmarks/peers"
    )
    return f"{head} with changes" if changed else head


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown" if done.returncode else done.stdout.strip()
