"""Backups are tested on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from actions.backup.office import Place
from tests.actions.backup.parts import make_place
from tests.actions.tickets import postgres

_NAMES = count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    if not postgres.BINARIES:
        pytest.skip("NO POSTGRESQL HERE: backups were tested on SQLite only (apt-get install postgresql)")
    with postgres.running() as url:
        yield url


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """A database without tables, on the backend named."""

    def make(backend: str) -> str:
        name = f"backup_{next(_NAMES)}"
        if backend == "sqlite":
            return f"sqlite:///{tmp_path / name}.sqlite3"
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(server.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return str(server + name)

    return make


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An installation on SQLite whose ledger is not there yet."""
    return make_place(tmp_path / "here")
