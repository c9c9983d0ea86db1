"""One generation on disk: a sealed folder of collections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from embeddings.encoder import Encoder
from embeddings.entries import Collections
from embeddings.errors import IndexCorrupted, IndexMismatch
from embeddings.index import Index, read_collection
from embeddings.manifest import MANIFEST, damage, read_manifest, seal, strangers

FORMAT = 2
_FACTS = ("format", "encoder", "dims", "created", "counts", "files")
REBUILD = "Build the index again (make index)."


@dataclass(frozen=True)
class Generation:
    """What a generation's manifest says; ``current`` marks the one that is served."""

    id: str
    format: int
    encoder: str
    dims: int
    corpus_hash: str
    created: str  # ISO 8601, UTC
    counts: Mapping[str, int]  # collection -> entries
    files: Mapping[str, str]  # name -> sha256
    current: bool = False

    def check(self, encoder_name: str, corpus_hash: str) -> None:
        """Raise IndexMismatch unless this was built by that encoder from that corpus."""
        for what, wanted, found in (
            ("format", FORMAT, self.format),
            ("encoder", encoder_name, self.encoder),
            ("corpus", corpus_hash, self.corpus_hash),
        ):
            if wanted != found:
                raise IndexMismatch(
                    f"generation {self.id} was built with {what} {found!r}, but {wanted!r} is in use. {REBUILD}"
                )


def seal_generation(
    folder: Path, created: dt.datetime, encoder: Encoder, corpus: str, parts: Collections
) -> None:
    """Write the manifest of a filled folder."""
    facts: dict[str, Any] = {
        "format": FORMAT,
        "encoder": encoder.name,
        "dims": encoder.dims,
        "corpus": corpus,
        "created": created.isoformat(timespec="seconds"),
        "counts": {name: len(entries) for name, entries in parts.items()},
    }
    seal(folder, facts)


def read_generation(folder: Path, current: str | None = None) -> Generation:
    """The facts in ``folder``'s manifest. Raises IndexCorrupted when it cannot be read."""
    try:
        facts = read_manifest(folder)
        if unknown := set(facts) - {*_FACTS, "corpus"}:  # the name of a fact was damaged
            raise ValueError(f"holds {sorted(unknown)}, which no release writes")
        found = Generation(folder.name, **{name: facts[name] for name in _FACTS}, corpus_hash=facts["corpus"])
    except (OSError, ValueError, KeyError) as error:
        raise IndexCorrupted(
            f"generation {folder.name}: {MANIFEST} cannot be read ({type(error).__name__}: {error}). {REBUILD}"
        ) from error
    return replace(found, current=folder.name == current)


def broken_files(folder: Path) -> tuple[str, ...]:
    """Names of the files that are missing, changed or not its own; empty when the generation is sound."""
    try:
        files = read_generation(folder).files
    except IndexCorrupted:
        return (MANIFEST,)
    return (*damage(folder, files), *strangers(folder, files))


def require_sound(folder: Path) -> None:
    """Raise IndexCorrupted, naming the files, unless every file is as it was written."""
    if broken := broken_files(folder):
        raise IndexCorrupted(
            f"generation {folder.name}: {', '.join(broken)} missing, changed or added on disk. {REBUILD}"
        )


def open_generation(folder: Path, encoder_name: str, corpus_hash: str, fallback: str = "") -> Index:
    """The generation in memory, every file verified before FAISS reads it."""
    found = read_generation(folder)
    found.check(encoder_name, corpus_hash)
    require_sound(folder)
    collections = {name: read_collection(folder / name) for name in found.counts}
    return Index(folder.name, encoder_name, corpus_hash, collections, fallback)
