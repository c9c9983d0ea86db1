"""The published documents beside the ledger: taken along, and put back where they differ."""

from __future__ import annotations

import shutil
from pathlib import Path

from actions.backup.archive import checksum
from actions.backup.errors import TargetTaken

FOLDER = "published"
_LIST = "sources.yml"


def files_of(sources_dir: Path) -> dict[str, Path]:
    """Name in the archive → where it is."""
    listed = sources_dir.parent / _LIST
    found = [listed] if listed.is_file() else []
    found += sorted(path for path in sources_dir.glob("*") if path.is_file())
    return {f"{FOLDER}/{path.relative_to(sources_dir.parent).as_posix()}": path for path in found}


def differing(folder: Path, sources_dir: Path) -> dict[Path, Path]:
    """What the archive has and this installation has not, or has otherwise: from → to.

    :param folder: the unpacked archive
    """
    taken = sorted(path for path in (folder / FOLDER).rglob("*") if path.is_file())
    pairs = {path: sources_dir.parent / path.relative_to(folder / FOLDER) for path in taken}
    return {
        path: here for path, here in pairs.items() if not here.is_file() or checksum(path) != checksum(here)
    }


def put_back(wanted: dict[Path, Path], force: bool) -> int:
    """Write them; returns how many.

    :raises TargetTaken: when one is there with another content and ``force`` was not given
    """
    taken = [here.name for here in wanted.values() if here.exists()]
    if taken and not force:
        raise TargetTaken(f"这里的文件与备份里的不同：{'、'.join(taken)}。确实要换，加 FORCE=1")
    for path, here in wanted.items():
        here.parent.mkdir(parents=True, exist_ok=True)
        fresh = here.with_name(f".{here.name}.restoring")
        shutil.copyfile(path, fresh)
        fresh.replace(here)
    return len(wanted)
