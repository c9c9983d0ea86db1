"""The published documents beside the ledger, and the index generation that is served: taken along, and put back.

Documents that editors added are sealed into the generation, so it goes along whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from actions.backup.archive import checksum
from actions.backup.errors import TargetTaken

DOCUMENTS, INDEX = "published", "index"
_LIST, _POINTER, _GENERATIONS = "sources.yml", "CURRENT", "generations"


def files_of(sources_dir: Path, index_dir: Path) -> dict[str, Path]:
    """Name in the archive → where it is."""
    found = {
        f"{DOCUMENTS}/{p.relative_to(sources_dir.parent).as_posix()}": p for p in _documents(sources_dir)
    }
    return found | {f"{INDEX}/{p.relative_to(index_dir).as_posix()}": p for p in _generation(index_dir)}


def generation_of(index_dir: Path) -> str:
    """The generation that is served; empty when there is none."""
    pointer = index_dir / _POINTER
    return pointer.read_text("utf-8").strip() if pointer.is_file() else ""


def _documents(sources_dir: Path) -> Iterator[Path]:
    if (sources_dir.parent / _LIST).is_file():
        yield sources_dir.parent / _LIST
    yield from sorted(path for path in sources_dir.glob("*") if path.is_file())


def _generation(index_dir: Path) -> Iterator[Path]:
    name = generation_of(index_dir)
    if name:
        folder = index_dir / _GENERATIONS / name
        yield from sorted(path for path in folder.rglob("*") if path.is_file())
        yield index_dir / _POINTER  # last: it must not name what is not there yet


def differing(folder: Path, sources_dir: Path, index_dir: Path) -> dict[Path, Path]:
    """What the archive has and this installation has not, or has otherwise: from → to, in the order to write them.

    :param folder: the unpacked archive
    """
    pairs = {
        path: sources_dir.parent / path.relative_to(folder / DOCUMENTS) for path in _in(folder / DOCUMENTS)
    }
    index = {path: index_dir / path.relative_to(folder / INDEX) for path in _in(folder / INDEX)}
    pointer = {path: here for path, here in index.items() if path.name == _POINTER}
    ordered = pairs | {path: here for path, here in index.items() if path not in pointer} | pointer
    return {
        path: here for path, here in ordered.items() if not here.is_file() or checksum(path) != checksum(here)
    }


def _in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


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
