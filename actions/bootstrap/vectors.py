"""Where vectors are searched, by the settings: in this process, or in the engine that all replicas share."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from actions.bootstrap.corpus import Corpus
from actions.settings import Settings, SettingsError
from embeddings.index import Collection, Index
from embeddings.vectors.protocol import Labels

if TYPE_CHECKING:
    from embeddings.vectors.postgres import PostgresEngine

log = logging.getLogger(__name__)
STEP = 5000  # vectors sent at a time


def exact_up_to(settings: Settings) -> int | None:
    """Entries up to which a new generation is searched exactly; None: as tuned."""
    return {"flat": sys.maxsize, "hnsw": 0}.get(settings.vector_store)


def collection_labels(corpus: Corpus) -> dict[str, list[Labels]]:
    """District and years of every entry, by collection; an ask has those of its statement."""
    of = {s.key: Labels(s.passage.source.district, s.years) for s in corpus.statements}
    return {
        "statements": [of[s.key] for s in corpus.statements],
        "passages": [Labels(p.source.district) for p in corpus.library.passages],
        "asks": [of[ask.statement] for ask in corpus.asks],
    }


def served_index(settings: Settings, corpus: Corpus, index: Index, kept: Sequence[str]) -> Index:
    """The index as it is to be searched: itself, or with its vectors in the engine of the settings.

    :param kept: the generations on the disk; those of others are taken out of the engine
    :raises SettingsError: without ``VECTOR_DSN``; EngineUnavailable when the engine does not answer
    """
    if settings.vector_store != "pgvector":
        return index
    if not settings.vector_dsn.get_secret_value():
        raise SettingsError(
            "VECTOR_STORE=pgvector 还要写明 VECTOR_DSN=postgresql://用户:密码@地址/库名，或改回 VECTOR_STORE=auto"
        )
    return mirrored(vector_engine(settings.vector_dsn.get_secret_value()), corpus, index, kept)


@cache
def vector_engine(url: str) -> PostgresEngine:
    """One pool of connections a process, however many generations it opens."""
    from embeddings.vectors.postgres import PostgresEngine  # only where it is used

    return PostgresEngine(url)


def mirrored(engine: PostgresEngine, corpus: Corpus, index: Index, kept: Sequence[str]) -> Index:
    """``index`` searched in ``engine``, where what is missing is put and what is not ``kept`` is taken out."""
    labels, here = collection_labels(corpus), set(engine.names())
    collections = {}
    for name, collection in index.collections.items():
        where = f"{index.generation}/{name}"
        if where not in here:
            _publish(engine, where, collection, labels[name])
            log.info("%d vectors of %s are in the vector database", len(collection), where)
        collections[name] = collection.served_by(engine.open(where))
    for old in sorted(here):
        if old.partition("/")[0] not in {*kept, index.generation}:
            engine.drop(old)
    return replace(index, collections=collections)


def _publish(engine: PostgresEngine, where: str, collection: Collection, labels: Sequence[Labels]) -> None:
    store, keys = engine.create(collection.take([0]).shape[1]), collection.keys
    for start in range(0, len(keys), STEP):
        rows = range(start, min(start + STEP, len(keys)))
        store.add([keys[row] for row in rows], collection.take(rows), labels[start : start + STEP])
    engine.publish(store, where)
