"""A small file that names one thing, changed in one step: a reader sees the old name or the new one."""

from __future__ import annotations

import os
from pathlib import Path

from embeddings.manifest import sync


class Pointer:
    """``root/name`` with one line in it.

    >>> Pointer(Path("var/index"), "CURRENT").read()
    '20261122T060000.000000Z-1f0c2a9b'
    """

    def __init__(self, root: Path, name: str) -> None:
        self._root, self._path = root, root / name

    def read(self) -> str | None:
        """What it names; None before the first ``write``."""
        try:
            return self._path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def write(self, value: str) -> None:
        """Name ``value``; on the disk when this returns."""
        scratch = self._root / f".{self._path.name}"
        scratch.write_text(value + "\n", encoding="utf-8")
        sync(scratch)
        os.replace(scratch, self._path)
        sync(self._root)
