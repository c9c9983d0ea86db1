"""A generation as it is read: the documents with those added later, and the index that was built from them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from actions.bootstrap.corpus import Corpus, load_corpus
from actions.bootstrap.vectors import served_index
from actions.settings import Settings
from embeddings.encoder import Encoder
from embeddings.errors import IndexCorrupted, IndexMismatch, IndexMissing
from embeddings.generation import REBUILD
from embeddings.index import Index
from embeddings.store import Store
from knowledge.errors import KnowledgeError
from knowledge.library import Library

log = logging.getLogger(__name__)
CATALOGUE = "sources.yml"


@dataclass(frozen=True)
class Shelf:
    """One generation; ``folder`` holds the files that were sealed into it."""

    corpus: Corpus
    index: Index
    folder: Path

    @property
    def generation(self) -> str:
        """Its id."""
        return self.index.generation


def open_shelf(settings: Settings, encoder: Encoder, generation: str = "") -> Shelf:
    """A generation by its id, or the current one, or, when that is damaged or foreign, the newest that fits.

    :raises StoreError: what is wrong with the one asked for, or with the current one when none fits.
    :raises KnowledgeError: when the documents of the project itself cannot be read.
    """
    store = Store(settings.index_path())
    if generation:
        return _open(settings, store, encoder, generation)
    first: Exception | None = None
    for name in store.candidates():
        try:
            shelf = _open(settings, store, encoder, name)
        except (IndexMissing, IndexCorrupted, IndexMismatch) as error:
            first = first or error
            continue
        if first is not None:
            log.error("%s Serving %s instead.", first, name)
        return shelf
    load_corpus(settings)  # what is wrong with a document is told before what is wrong with the index
    raise first or IndexMissing(f"{store.root} holds no published index. {REBUILD}")


def _open(settings: Settings, store: Store, encoder: Encoder, generation: str) -> Shelf:
    folder = store.attached(generation)
    try:
        corpus = load_corpus(settings, added_in(folder))
    except (KnowledgeError, OSError) as error:
        if broken := store.verify(generation):
            raise IndexCorrupted(
                f"generation {generation}: {', '.join(broken)} missing or changed on disk. {REBUILD}"
            ) from error
        raise
    index = store.open(generation, encoder.name, corpus.hash)
    return Shelf(corpus, served_index(settings, corpus, index, store.candidates()), folder)


def added_in(folder: Path) -> Path | None:
    """The folder of added documents among a generation's own files, if it has any."""
    return folder if (folder / CATALOGUE).is_file() else None


def current_library(settings: Settings) -> Library:
    """The documents of the current generation, without opening its index."""
    store = Store(settings.index_path())
    generation = store.current_id()
    return load_corpus(settings, added_in(store.attached(generation)) if generation else None).library
