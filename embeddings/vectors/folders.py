"""Local vector stores on the disk: a folder that is written beside, sealed and moved into place."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from pathlib import Path
from typing import Literal

from embeddings.errors import IndexCorrupted, IndexMissing
from embeddings.manifest import damage, new_folder, read_manifest, seal
from embeddings.pointer import Pointer
from embeddings.vectors.flat import FlatStore
from embeddings.vectors.graph import GraphStore
from embeddings.vectors.growing import GrowingStore, Local
from embeddings.vectors.protocol import VectorStore
from embeddings.vectors.tunables import Tunables, tunables

Kind = Literal["auto", "flat", "hnsw"]
CURRENT = "CURRENT"


def new_store(dims: int, kind: Kind = "auto", tuned: Tunables | None = None) -> GrowingStore | Local:
    """An empty local store. ``auto`` changes from exact to graph by its size."""
    if kind == "flat":
        return FlatStore(dims)
    return GraphStore(dims, tuned) if kind == "hnsw" else GrowingStore(dims, tuned)


class FolderEngine:
    """Vector stores below a folder, each a sealed folder and a pointer to it.

    >>> engine = FolderEngine(Path("var/vectors"))
    >>> store = engine.create(384)
    >>> engine.publish(store, "passages")
    """

    def __init__(self, root: Path, kind: Kind = "auto", tuned: Tunables | None = None) -> None:
        self._root, self._kind, self._tuned = root, kind, tuned or tunables()

    def create(self, dims: int) -> VectorStore:
        """See ``VectorEngine``."""
        return new_store(dims, self._kind, self._tuned)

    def publish(self, store: VectorStore, name: str) -> None:
        """See ``VectorEngine``. Raises TypeError for a store of another engine."""
        local = store.inner if isinstance(store, GrowingStore) else store
        if not isinstance(local, FlatStore | GraphStore):
            raise TypeError(f"{type(store).__name__} is no local store; publish it with its own engine")
        home, version = self._home(name), f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S.%fZ}"
        with new_folder(home / version) as scratch:
            local.save(scratch)
            seal(scratch, {"kind": type(local).__name__})
        Pointer(home, CURRENT).write(version)
        for old in [path for path in home.iterdir() if path.is_dir() and path.name != version]:
            shutil.rmtree(old)

    def open(self, name: str) -> VectorStore:
        """See ``VectorEngine``."""
        home = self._home(name)
        version = Pointer(home, CURRENT).read()
        if version is None:
            raise IndexMissing(f"{self._root} holds no vectors under the name {name!r}; publish them first")
        folder = home / version
        try:
            facts = read_manifest(folder)
        except (OSError, ValueError) as error:
            raise IndexCorrupted(f"{folder}: the manifest cannot be read ({error}); publish again") from error
        if broken := damage(folder, facts["files"]):
            raise IndexCorrupted(f"{folder}: {', '.join(broken)} missing or changed; publish again")
        graph = facts["kind"] == GraphStore.__name__
        local: Local = GraphStore.load(folder, self._tuned) if graph else FlatStore.load(folder)
        return GrowingStore(local.dims, self._tuned, local) if self._kind == "auto" else local

    def drop(self, name: str) -> None:
        """See ``VectorEngine``."""
        shutil.rmtree(self._home(name), ignore_errors=True)

    def _home(self, name: str) -> Path:
        # a name may hold anything; a folder's may not
        return self._root / hashlib.sha256(name.encode()).hexdigest()[:24]
