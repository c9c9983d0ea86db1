"""Generations of the index: published in one step, verified before they are read, easy to go back."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.embedded import Embedded
from embeddings.encoder import Encoder
from embeddings.entries import Collections, Entry, check, content_hash, text_hash
from embeddings.errors import IndexCorrupted, IndexMismatch, IndexMissing
from embeddings.generation import (
    FORMAT,
    REBUILD,
    Generation,
    broken_files,
    open_generation,
    read_generation,
    require_sound,
    seal_generation,
)
from embeddings.growth import fill_vectors, has_graph
from embeddings.index import Index, read_embedded, write_collection
from embeddings.late import TokenMatrix
from embeddings.lexical import TermWeights
from embeddings.manifest import new_folder
from embeddings.pointer import Pointer
from embeddings.vectors.tunables import tunables

__all__ = ["Entry", "Generation", "Index", "Store"]

log = logging.getLogger(__name__)
CURRENT, STAGED, GENERATIONS, LOCK = "CURRENT", "STAGED", "generations", ".lock"
ATTACHED = "attached"
KEPT = 3


@dataclass(frozen=True)
class _Filling:
    """What goes into a generation."""

    collections: Collections
    encoder: Encoder
    progress: bool
    late: Sequence[str]
    attached: Mapping[str, bytes]


class Store:
    """A folder of generations and a pointer to the one that is served.

    >>> store = Store(Path("var/index"))
    >>> store.publish({"passages": [Entry("p1", "养老机构")]}, encoder, corpus_hash="c1")
    '20261122T060000.000000Z-1f0c2a9b'
    >>> store.open_current(encoder.name, "c1").collection("passages").keys
    ('p1',)
    """

    def __init__(
        self,
        root: Path,
        exact_up_to: int | None = None,
        kept: int = KEPT,
        words: TermWeights | None = None,
    ) -> None:
        """``exact_up_to``: entries up to which search is exact, as tuned if None; ``kept``: generations on disk."""
        self.root = root
        self._generations = root / GENERATIONS
        self._exact_up_to = tunables().graph_from if exact_up_to is None else exact_up_to
        # a size that somebody has set makes another index of the same texts
        self._forced = () if exact_up_to is None else (f"exact up to {exact_up_to}",)
        self._kept = kept
        self._words = words or TermWeights()
        self._current, self._staged = Pointer(root, CURRENT), Pointer(root, STAGED)

    def publish(
        self,
        collections: Collections,
        encoder: Encoder,
        corpus_hash: str,
        progress: bool = False,
        late: Sequence[str] = (),
        attached: Mapping[str, bytes] | None = None,
        serve: bool = True,
    ) -> str:
        """Build a generation, make it current, drop the oldest; return its id.

        ``late`` names the collections that also keep token vectors, for late interaction. ``attached`` files
        (relative name -> bytes) are sealed into the generation. With ``serve=False`` it is built and not made
        current: ``point_to`` does that later, ``discard`` takes it away.

        Texts an earlier generation of the same encoder holds are not embedded again, and content
        that is current already is not published again. A crash at any moment leaves the old
        generation in place. Raises StoreError for an empty collection or a repeated key.
        """
        check(collections)
        extra = {name: hashlib.sha256(data).hexdigest() for name, data in (attached or {}).items()}
        made_with = (str(FORMAT), encoder.name, corpus_hash, repr(self._words), *self._forced, *late)
        content = content_hash(collections, *made_with, *(f"{n} {extra[n]}" for n in sorted(extra)))
        with self._locked():
            current = self.current_id()
            if current and current.endswith(content) and not broken_files(self._folder(current)):
                generation = current
            else:
                filling = _Filling(collections, encoder, progress, late, attached or {})
                generation = self._build(content, filling, corpus_hash)
                if serve:
                    self._current.write(generation)
            self._prune(generation)
        return generation

    def current_id(self) -> str | None:
        """The generation that is to be served; None before the first one."""
        return self._current.read()

    def staged_id(self) -> str | None:
        """The generation that may be served next, so that who serves can load it early."""
        return self._staged.read()

    def stage(self, generation: str) -> None:
        """Announce a generation that may be served next."""
        with self._locked():
            self._staged.write(generation)

    def point_to(self, generation: str) -> None:
        """Serve ``generation``. Raises IndexMissing or IndexCorrupted."""
        self.rollback(generation)

    def discard(self, generation: str) -> None:
        """Take away a generation that is not to be served; the current one stays."""
        with self._locked():
            if generation != self.current_id() and generation in self._ids():
                shutil.rmtree(self._folder(generation))

    def candidates(self) -> tuple[str, ...]:
        """What could be served, the current one first, then the newest."""
        current = self.current_id()
        others = tuple(name for name in self._ids() if name != current)
        return others if current is None else (current, *others)

    def open(self, generation: str, encoder_name: str, corpus_hash: str) -> Index:
        """That generation in memory. Raises IndexMissing, IndexCorrupted or IndexMismatch."""
        return open_generation(self._existing(generation), encoder_name, corpus_hash)

    def attached(self, generation: str) -> Path:
        """The folder of the files that were sealed into it; it may be missing when there are none."""
        return self._folder(generation) / ATTACHED

    def open_current(self, encoder_name: str, corpus_hash: str) -> Index:
        """The current generation, or the newest other one that fits when that is damaged or foreign.

        ``fallback`` of the result then says so, and it is logged. When nothing fits, raises what is
        wrong with the current one: IndexMissing, IndexCorrupted, or IndexMismatch (another encoder
        or corpus).
        """
        current = self.current_id()
        try:
            if current is None:
                raise IndexMissing(f"{self.root} holds no published index. {REBUILD}")
            return open_generation(self._folder(current), encoder_name, corpus_hash)
        except (IndexMissing, IndexCorrupted, IndexMismatch) as error:
            other = self._other_fitting(current, encoder_name, corpus_hash, str(error))
            if other is None:
                raise
        log.error(other.fallback)
        return other

    def list(self) -> tuple[Generation, ...]:
        """All generations whose manifest can be read, newest first."""
        current, found = self.current_id(), []
        for name in self._ids():
            try:
                found.append(read_generation(self._folder(name), current))
            except IndexCorrupted as error:
                log.warning("%s", error)
        return tuple(found)

    def verify(self, generation: str) -> tuple[str, ...]:
        """Names of its files that are missing or changed; empty when sound. Raises IndexMissing."""
        return broken_files(self._existing(generation))

    def rollback(self, generation: str | None = None) -> str:
        """Serve ``generation``, or the newest one older than the current; return its id.

        Raises IndexMissing when there is no such one, IndexCorrupted when it is damaged.
        """
        with self._locked():
            target = generation or self._older()
            require_sound(self._existing(target))
            self._current.write(target)
        return target

    def _build(self, content: str, filling: _Filling, corpus_hash: str) -> str:
        created = dt.datetime.now(dt.UTC)
        generation = f"{created:%Y%m%dT%H%M%S.%fZ}-{content}"
        with new_folder(self._folder(generation)) as scratch:
            self._fill(scratch, filling)
            for name, data in filling.attached.items():
                path = scratch / ATTACHED / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            seal_generation(scratch, created, filling.encoder, corpus_hash, filling.collections)
        return generation

    def _fill(self, folder: Path, filling: _Filling) -> None:
        known = self._known(filling.encoder.name)
        known.complete(filling.collections, filling.late, filling.encoder, filling.progress)
        for name, entries in filling.collections.items():
            hashes = [text_hash(entry.text) for entry in entries]
            vectors = np.stack([known.vectors[digest] for digest in hashes])
            before = self._graph_before(name, filling.encoder.name)
            local = fill_vectors(entries, hashes, vectors, self._exact_up_to, before)
            kept = name in filling.late
            tokens = TokenMatrix.of([known.tokens[digest] for digest in hashes]) if kept else None
            write_collection(folder / name, entries, hashes, local, tokens, self._words)

    def _graph_before(self, name: str, encoder_name: str) -> Path | None:
        """The newest sound collection of that name that has a graph, for growing it."""
        for found in self.list():
            folder = self._folder(found.id)
            fits = found.encoder == encoder_name and found.format == FORMAT and has_graph(folder / name)
            if fits and not broken_files(folder):
                return folder / name
        return None

    def _known(self, encoder_name: str) -> Embedded:
        """What every sound generation of this encoder has embedded; damaged ones are not read."""
        known = Embedded()
        for found in self.list():
            folder = self._folder(found.id)
            if found.encoder == encoder_name and found.format == FORMAT and not broken_files(folder):
                for name in found.counts:
                    read_embedded(folder / name, known)
        return known

    def _other_fitting(self, current: str | None, encoder: str, corpus: str, problem: str) -> Index | None:
        for name in self._ids():
            if name == current:
                continue
            try:
                return open_generation(
                    self._folder(name), encoder, corpus, f"{problem} Serving {name} instead."
                )
            except (IndexCorrupted, IndexMismatch) as error:
                log.info("not served either: %s", error)
        return None

    def _older(self) -> str:
        current = self.current_id()
        older = [name for name in self._ids() if current is None or name < current]
        if not older:
            raise IndexMissing(f"{self.root} holds no generation older than {current}. {REBUILD}")
        return older[0]

    def _existing(self, generation: str) -> Path:
        if generation not in self._ids():
            raise IndexMissing(f"generation {generation!r} does not exist; there are {list(self._ids())}.")
        return self._folder(generation)

    def _folder(self, generation: str) -> Path:
        return self._generations / generation

    def _ids(self) -> tuple[str, ...]:
        """Newest first: the ids begin with their time. Hidden folders are unfinished work."""
        if not self._generations.is_dir():
            return ()
        names = (path.name for path in self._generations.iterdir())
        return tuple(sorted((name for name in names if not name.startswith(".")), reverse=True))

    def _prune(self, built: str) -> None:
        """Drop the oldest generations and what a killed build left behind."""
        spared = {self.current_id(), built}
        for name in [name for name in self._ids() if name not in spared][self._kept - 1 :]:
            shutil.rmtree(self._folder(name))
        for leftover in self._generations.glob(".*"):
            shutil.rmtree(leftover)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, across processes; the lock goes with the process that holds it."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / LOCK).open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
