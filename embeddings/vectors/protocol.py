"""What a vector store must do, whoever does it. ``tests/embeddings/vectors`` runs one suite over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Labels:
    """What a search may be narrowed by."""

    district: str = ""
    years: tuple[int, ...] = ()


UNLABELLED = Labels()


@dataclass(frozen=True)
class Only:
    """A narrowed search: one of the districts and, if years are given, at least one of them. Empty: any."""

    districts: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    def lets(self, labels: Labels) -> bool:
        """Whether something labelled so may be found."""
        here = not self.districts or labels.district in self.districts
        return here and (not self.years or not set(self.years).isdisjoint(labels.years))


ANY = Only()


@dataclass(frozen=True)
class Found:
    """The nearest, best first: their keys and their exact cosines."""

    keys: tuple[str, ...]
    cosines: Vectors


class VectorStore(Protocol):
    """Unit vectors by key.

    >>> store.add(["p1", "p2"], vectors, [Labels("海曙", (2021,)), Labels("镇海")])
    >>> store.search(query, 5, Only(districts=("海曙",))).keys
    ('p1',)
    """

    @property
    def dims(self) -> int:
        """Length of a vector."""
        ...

    def __len__(self) -> int:
        """How many vectors can be found."""
        ...

    def add(self, keys: Sequence[str], vectors: Vectors, labels: Sequence[Labels] = ()) -> None:
        """Add unit vectors (len(keys), dims); without ``labels`` none has any. All or none is added.

        Raises StoreError for a repeated or known key, another length, or another number of labels.
        """
        ...

    def remove(self, keys: Sequence[str]) -> int:
        """Never find these again; how many were there. Unknown keys are passed over."""
        ...

    def search(self, query: Vectors, top: int, only: Only = ANY) -> Found:
        """The ``top`` nearest of those that ``only`` lets, by cosine; fewer if there are fewer."""
        ...

    def cosines(self, query: Vectors, keys: Sequence[str]) -> Vectors:
        """(len(keys),) exact cosines. Raises StoreError for an unknown key."""
        ...


class VectorEngine(Protocol):
    """Keeps published vector stores under names. What is under a name changes in one step or not at all."""

    def create(self, dims: int) -> VectorStore:
        """An empty store that nobody sees before it is published."""
        ...

    def publish(self, store: VectorStore, name: str) -> None:
        """Let ``open(name)`` give what is in ``store`` now."""
        ...

    def open(self, name: str) -> VectorStore:
        """What was published last under ``name``. Changes to it stay its own until it is published.

        Raises IndexMissing; IndexCorrupted where files can be damaged.
        """
        ...

    def drop(self, name: str) -> None:
        """Forget a name; an unknown one is passed over."""
        ...
