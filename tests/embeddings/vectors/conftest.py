"""Every engine that the contract suite runs over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import psycopg
import pytest

from embeddings.vectors.folders import FolderEngine
from embeddings.vectors.postgres import PostgresEngine
from embeddings.vectors.protocol import VectorEngine
from embeddings.vectors.tunables import tunables
from tests import pgvector

DIMS = 48
_NAMES = count()
# A graph that small sizes show: it grows and shrinks within a test.
SMALL = replace(tunables(), graph_from=300, flat_below=150, narrow_up_to=40, step=100)
ENGINES = ["flat", "hnsw", "auto", "pgvector"]


@pytest.fixture(scope="session")
def vector_url() -> Iterator[str]:
    with pgvector.running() as url:
        if url is None:
            pytest.skip(pgvector.MISSING)
        yield url


@pytest.fixture
def vector_database(vector_url: str) -> str:
    """An empty database."""
    name = f"vectors_{next(_NAMES)}"
    plain = vector_url.replace("+psycopg", "")
    with psycopg.connect(plain + "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return plain + name


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorEngine]:
    if request.param != "pgvector":
        yield FolderEngine(tmp_path, request.param, SMALL)
        return
    made = PostgresEngine(request.getfixturevalue("vector_database"), SMALL)
    yield made
    made.close()


@pytest.fixture(scope="session")
def clustered() -> Callable[[int], np.ndarray]:
    """Unit vectors in a few dozen bunches, the same at every call."""

    def make(number: int) -> np.ndarray:
        random = np.random.default_rng(7)
        centres = random.standard_normal((40, DIMS))
        vectors = centres[random.integers(0, 40, number)] + 0.4 * random.standard_normal((number, DIMS))
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    return make
