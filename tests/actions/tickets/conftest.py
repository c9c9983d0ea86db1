"""The ledger's tests run on SQLite and on PostgreSQL. Each test gets a database of its own with the tables in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from actions.tickets.book import Listener
from actions.tickets.office import Office
from actions.tickets.store import open_store
from tests.actions.tickets import postgres
from tests.actions.tickets.ledger_parts import Hands, make_office

_NAMES = count()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "empty.sqlite3"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if not postgres.BINARIES:
        pytest.skip("NO POSTGRESQL HERE: the ledger was tested on SQLite only (apt-get install postgresql)")
    with postgres.running() as url:
        with psycopg.connect(plain(url) + "postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE ledger_template")
        open_store(url + "ledger_template").close()
        yield url


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with empty tables."""
    if request.param == "sqlite":
        path = tmp_path / "ledger.sqlite3"
        shutil.copy(request.getfixturevalue("migrated"), path)
        return f"sqlite:///{path}"
    return new_database(request.getfixturevalue("postgres_url"))


def new_database(url: str) -> str:
    name = f"ledger_{next(_NAMES)}"
    with psycopg.connect(plain(url) + "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE ledger_template".encode())
    return url + name


@pytest.fixture
def sqlite_url(migrated: Path, tmp_path: Path) -> str:
    """The same on SQLite only."""
    path = tmp_path / "ledger.sqlite3"
    shutil.copy(migrated, path)
    return f"sqlite:///{path}"


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def open_desk(ledger_url: str, hands: Hands) -> Iterator[Callable[..., Office]]:
    """Opens offices on this test's database and closes them afterwards."""
    opened: list[Office] = []

    def make(*listeners: Listener) -> Office:
        opened.append(make_office(ledger_url, hands, listeners))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def office(open_desk: Callable[..., Office]) -> Office:
    return open_desk()


@pytest.fixture
def postgres_office(postgres_url: str) -> Iterator[Office]:
    """On PostgreSQL only."""
    office = make_office(new_database(postgres_url))
    yield office
    office.close()
