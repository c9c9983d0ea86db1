"""Folders that can be trusted: written beside, sealed by checksums, moved into place in one step."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
ABANDONED_AFTER = 3600.0  # seconds
_SUM = "sum"


def file_sha256(path: Path) -> str:
    """Hex sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_sha256(files: Mapping[str, str]) -> str:
    """One hash for a set of files: over their names and checksums, so order does not matter."""
    lines = "\n".join(f"{name} {digest}" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """Relative name -> sha256 of every file below ``folder`` except the manifest itself."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / MANIFEST)
    return {p.relative_to(folder).as_posix(): file_sha256(p) for p in paths}


def damage(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Names of ``files`` that are missing below ``folder`` or whose bytes changed."""
    return [
        name
        for name, digest in sorted(files.items())
        if not (folder / name).is_file() or file_sha256(folder / name) != digest
    ]


def strangers(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Names of files below ``folder`` that ``files`` doesn't list: what is read, but was never checked."""
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())
    return sorted(name for name in found if name not in files and name != MANIFEST)


def seal(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write ``folder/manifest.json``: the facts, the checksum of every file present, and one of all that."""
    sealed = {**facts, "files": checksums(folder)}
    text = json.dumps({**sealed, _SUM: facts_sha256(sealed)}, ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def facts_sha256(facts: Mapping[str, Any]) -> str:
    """One hash for facts, whatever order they stand in."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The sealed facts. Raises OSError, ValueError when there is no readable manifest, or it was changed.

    One written by an earlier release has no checksum of its own and is taken as it is.
    """
    data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(data, dict) or not isinstance(data.get("files"), dict):
        raise ValueError(f"{folder / MANIFEST} lists no files")
    if _SUM in data and data.pop(_SUM) != facts_sha256(data):
        raise ValueError(f"{folder / MANIFEST} was changed after it was written")
    return data


def sync(path: Path) -> None:
    """Force a file or a folder's entries to disk; a rename is only safe after that."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Force every file and folder below ``folder`` to disk."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A scratch folder that becomes ``target`` when the block ends well and vanishes otherwise.

    If somebody else finished the same ``target`` meanwhile, theirs stays.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _drop_abandoned(target)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    scratch.chmod(0o755)
    try:
        yield scratch
        sync_tree(scratch)
        if not target.exists():
            os.rename(scratch, target)
            sync(target.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _drop_abandoned(target: Path) -> None:
    """Remove what killed builds of ``target`` left behind; a live one writes more often than that."""
    for scratch in target.parent.glob(f".{target.name}.*"):
        if time.time() - scratch.stat().st_mtime > ABANDONED_AFTER:
            shutil.rmtree(scratch, ignore_errors=True)
