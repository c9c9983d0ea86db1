"""Generations of the index on disk: published in one step, verified before they are read."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from embeddings.errors import IndexCorrupted, IndexMismatch, IndexMissing, StoreError
from embeddings.index import (
    EXACT_UP_TO,
    Entry,
    Index,
    Vectors,
    build_vectors,
    read_collection,
    read_vectors,
    write_collection,
)
from embeddings.manifest import damage, new_folder, read_manifest, seal, sync

log = logging.getLogger(__name__)
CURRENT, GENERATIONS, LOCK = "CURRENT", "generations", ".lock"
FORMAT = 1
KEPT = 3
REBUILD = "Build the index again (make index)."


@dataclass(frozen=True)
class Generation:
    """One entry of ``Store.list()``, newest first; ``current`` marks the one that is served."""

    id: str
    encoder: str
    corpus_hash: str
    created: str  # ISO 8601, UTC
    counts: Mapping[str, int]  # collection -> entries
    current: bool


class Store:
    """A folder of generations and a pointer to the one that is served.

    >>> store = Store(Path("var/index"))
    >>> store.publish({"passages": [Entry("p1", "养老机构")]}, encoder, corpus_hash="c1")
    '20261122T060000.000000Z-1f0c2a9b'
    >>> store.open_current(encoder.name, "c1").collection("passages").keys
    ('p1',)
    """

    def __init__(self, root: Path, exact_up_to: int = EXACT_UP_TO, kept: int = KEPT) -> None:
        self.root = root
        self._generations = root / GENERATIONS
        self._exact_up_to = exact_up_to
        self._kept = kept

    def publish(
        self, collections: Mapping[str, Sequence[Entry]], encoder: Encoder, corpus_hash: str, progress: bool = False
    ) -> str:
        """Build a generation, make it current, drop the oldest; return its id.

        Texts an earlier generation of the same encoder holds are not embedded again, and content
        that is current already is not published again. A crash at any moment leaves the old
        generation in place. Raises StoreError for an empty collection or a repeated key.
        """
        _check(collections)
        content = _content_hash(collections, encoder.name, corpus_hash)
        with self._locked():
            if (current := self._current_id()) and current.endswith(content) and not self.verify(current):
                return current
            created = dt.datetime.now(dt.UTC)
            generation = f"{created:%Y%m%dT%H%M%S.%fZ}-{content}"
            with new_folder(self._generations / generation) as folder:
                self._fill(folder, collections, encoder, progress)
                facts = {
                    "format": FORMAT,
                    "encoder": encoder.name,
                    "dims": encoder.dims,
                    "corpus": corpus_hash,
                    "created": created.isoformat(timespec="seconds"),
                    "counts": {name: len(entries) for name, entries in collections.items()},
                }
                seal(folder, facts)
            self._point_to(generation)
            self._prune()
        return generation

    def open_current(self, encoder_name: str, corpus_hash: str) -> Index:
        """The current generation, or the newest older one that fits when that is damaged.

        ``fallback`` of the result then says so, and it is logged. Raises IndexMissing,
        IndexMismatch (another encoder or corpus) or IndexCorrupted when nothing fits.
        """
        current = self._current_id()
        if current is None:
            raise IndexMissing(f"{self.root} holds no published index. {REBUILD}")
        try:
            return self._open(current, encoder_name, corpus_hash)
        except IndexCorrupted as error:
            problem = str(error)
        for generation in self._ids():
            try:
                index = self._open(generation, encoder_name, corpus_hash, f"{problem} Serving {generation} instead.")
            except (IndexCorrupted, IndexMismatch):
                continue
            log.error(index.fallback)
            return index
        raise IndexCorrupted(problem)

    def list(self) -> list[Generation]:
        """All readable generations, newest first."""
        current = self._current_id()
        found = []
        for generation in self._ids():
            try:
                facts = read_manifest(self._generations / generation)
            except (OSError, ValueError):
                log.warning("generation %s has no readable manifest", generation)
                continue
            encoder, corpus, created, counts = (facts[k] for k in ("encoder", "corpus", "created", "counts"))
            found.append(Generation(generation, encoder, corpus, created, counts, generation == current))
        return found

    def verify(self, generation: str) -> list[str]:
        """Names of the files that are missing or changed; empty when the generation is sound."""
        folder = self._generations / generation
        try:
            return damage(folder, read_manifest(folder)["files"])
        except (OSError, ValueError):
            return ["manifest.json"]

    def rollback(self, generation: str | None = None) -> str:
        """Serve ``generation``, or the newest one older than the current; return its id."""
        with self._locked():
            ids = self._ids()
            current = self._current_id()
            if generation is None:
                older = [name for name in ids if current is None or name < current]
                if not older:
                    raise IndexMissing(f"{self.root} holds no generation older than {current}. {REBUILD}")
                generation = older[0]
            if generation not in ids:
                raise IndexMissing(f"generation {generation!r} does not exist; there are {ids}.")
            if broken := self.verify(generation):
                raise IndexCorrupted(f"generation {generation}: {', '.join(broken)} changed on disk. {REBUILD}")
            self._point_to(generation)
        return generation

    def _fill(
        self, folder: Path, collections: Mapping[str, Sequence[Entry]], encoder: Encoder, progress: bool
    ) -> None:
        known = self._known_vectors(encoder.name)
        hashes = {name: [_text_hash(e.text) for e in entries] for name, entries in collections.items()}
        fresh = {
            digest: entry.text
            for name, entries in collections.items()
            for digest, entry in zip(hashes[name], entries, strict=True)
            if digest not in known
        }
        known.update(zip(fresh, encoder.encode_passages(list(fresh.values()), progress), strict=True))
        for name, entries in collections.items():
            vectors = np.stack([known[digest] for digest in hashes[name]])
            write_collection(folder / name, entries, hashes[name], build_vectors(vectors, self._exact_up_to))

    def _known_vectors(self, encoder_name: str) -> dict[str, Vectors]:
        """Vectors of every sound generation of this encoder; damaged ones are not read."""
        known: dict[str, Vectors] = {}
        for generation in self.list():
            if generation.encoder == encoder_name and not self.verify(generation.id):
                for name in generation.counts:
                    known.update(read_vectors(self._generations / generation.id / name))
        return known

    def _open(self, generation: str, encoder_name: str, corpus_hash: str, fallback: str = "") -> Index:
        if broken := self.verify(generation):
            raise IndexCorrupted(f"generation {generation}: {', '.join(broken)} missing or changed on disk. {REBUILD}")
        folder = self._generations / generation
        facts = read_manifest(folder)
        for what, wanted, found in (
            ("format", FORMAT, facts.get("format")),
            ("encoder", encoder_name, facts["encoder"]),
            ("corpus", corpus_hash, facts["corpus"]),
        ):
            if wanted != found:
                raise IndexMismatch(f"generation {generation} was built with {what} {found!r}, asked is {wanted!r}. {REBUILD}")
        collections = {name: read_collection(folder / name) for name in facts["counts"]}
        return Index(generation, encoder_name, corpus_hash, collections, fallback)

    def _ids(self) -> list[str]:
        if not self._generations.is_dir():
            return []
        return sorted((p.name for p in self._generations.iterdir() if not p.name.startswith(".")), reverse=True)

    def _current_id(self) -> str | None:
        path = self.root / CURRENT
        return path.read_text(encoding="utf-8").strip() if path.is_file() else None

    def _point_to(self, generation: str) -> None:
        scratch = self.root / f".{CURRENT}"
        scratch.write_text(generation + "\n", encoding="utf-8")
        sync(scratch)
        os.replace(scratch, self.root / CURRENT)
        sync(self.root)

    def _prune(self) -> None:
        current = self._current_id()
        for generation in [name for name in self._ids() if name != current][self._kept - 1 :]:
            shutil.rmtree(self._generations / generation)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, across processes; the lock goes with the process that holds it."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / LOCK).open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def _check(collections: Mapping[str, Sequence[Entry]]) -> None:
    if not collections:
        raise StoreError("nothing to publish: no collection was given")
    for name, entries in collections.items():
        if not name.isidentifier():
            raise StoreError(f"collection name {name!r} is no identifier; it becomes a folder name")
        if not entries:
            raise StoreError(f"collection {name!r} is empty; leave it out or give it entries")
        if len({entry.key for entry in entries}) < len(entries):
            raise StoreError(f"collection {name!r} repeats a key; keys must be unique")


def _text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _content_hash(collections: Mapping[str, Sequence[Entry]], encoder_name: str, corpus_hash: str) -> str:
    entries = {name: [(e.key, e.text) for e in found] for name, found in sorted(collections.items())}
    text = json.dumps([FORMAT, encoder_name, corpus_hash, entries], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
