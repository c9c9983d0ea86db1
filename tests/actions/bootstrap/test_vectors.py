"""The same evidence from a graph and from PostgreSQL as from comparing everything, over the published documents."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from actions.bootstrap.vectors import collection_labels, exact_up_to, mirrored, served_index, vector_engine
from actions.settings import Settings, SettingsError
from benchmarks.encoder import spread
from benchmarks.engine import agreement, compared
from embeddings.store import Store
from embeddings.vectors.graph import GraphStore
from tests import pgvector
from tests.real import Real

QUESTIONS = 60


@pytest.fixture(scope="module")
def dsn():
    with pgvector.running() as url:
        if url is None:
            pytest.skip(pgvector.MISSING)
        yield url.replace("+psycopg", "") + "postgres"


def test_a_graph_gives_the_same_five_as_comparing_everything(real: Real) -> None:
    encoder, labels = real.retriever._encoder, collection_labels(real.corpus)
    here = Store(real.settings.index_path()).open_current(encoder.name, real.corpus.hash)
    collections = {}
    for name, collection in here.collections.items():
        graph = GraphStore(encoder.dims)
        graph.add(collection.keys, collection.take(range(len(collection))), labels[name])
        collections[name] = collection.served_by(graph)
    there = replace(here, collections=collections)
    texts = [ask.text for ask in spread(real.corpus.asks, QUESTIONS)]
    found = compared(real.corpus, encoder, here, there, texts)
    assert (found.nearest, found.retrieved) == (QUESTIONS, QUESTIONS)


def test_postgresql_gives_the_same_five_as_comparing_everything(real: Real, dsn: str) -> None:
    found = agreement(real.settings, QUESTIONS, dsn)
    print(found)
    assert min(found.nearest, found.retrieved) >= 0.99 * QUESTIONS


def test_only_generations_that_are_kept_stay_in_the_database(real: Real, dsn: str) -> None:
    encoder, engine = real.retriever._encoder, vector_engine(dsn)
    index = Store(real.settings.index_path()).open_current(encoder.name, real.corpus.hash)
    for generation, kept in (("2026-a", ()), ("2026-b", ("2026-a",)), ("2026-c", ("2026-b",))):
        mirrored(engine, real.corpus, replace(index, generation=generation), kept)
    assert {name.partition("/")[0] for name in engine.names()} == {"2026-b", "2026-c"}
    settings = Settings(vector_store="pgvector", vector_dsn=SecretStr(dsn))
    again = served_index(settings, real.corpus, replace(index, generation="2026-c"), ("2026-c",))
    assert {name.partition("/")[0] for name in engine.names()} == {"2026-c"}
    assert all(collection.far for collection in again.collections.values())
    engine.close()


def test_the_setting_decides_where_vectors_are_searched(real: Real) -> None:
    index = Store(real.settings.index_path()).open_current(real.retriever._encoder.name, real.corpus.hash)
    assert served_index(Settings(), real.corpus, index, ()) is index
    with pytest.raises(SettingsError, match="VECTOR_DSN"):
        served_index(Settings(vector_store="pgvector"), real.corpus, index, ())
    assert exact_up_to(Settings()) is None
    assert exact_up_to(Settings(vector_store="hnsw")) == 0
    assert exact_up_to(Settings(vector_store="flat")) > 10**9
