"""The database under the ledger: SQLite by default, PostgreSQL by URL, with the same promise.

A transaction that ``writing`` let out without an exception is on the disk and stays there through a power cut.
Writers take turns (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory lock), because each of them adds to one chain.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from actions.tickets.errors import LedgerBusy, LedgerUnusable
from actions.tickets.turns import Turns

MIGRATIONS = Path(__file__).with_name("migrations")
WAIT_SECONDS = 5.0  # for another writer; below the time a resident's request may take
_WRITER_LOCK = 8_189_001  # any number, the same for every process
Synchronous = Literal["FULL", "OFF"]


class Store:
    """One database. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Threads queue here in order; those that wait inside SQLite sleep and try again, and some wait for long.
        self._turns = Turns()
        self.backend = engine.dialect.name  # "sqlite" or "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look.

        :raises LedgerUnusable: when the database does not answer
        """
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or, after an exception, nothing.

        :raises LedgerBusy: when other writers did not finish in time
        :raises LedgerUnusable: when the database cannot keep it (disk full, no connection)
        """
        with self._in_turn(), self._translated(), self._engine.connect() as bare:
            connection = bare.execution_options(haishu_writes=True)
            with connection.begin():
                if self.backend == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
                yield connection

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if not self._turns.take(WAIT_SECONDS):
            raise LedgerBusy(f"工单库（{self.backend}）没有写入：前面的写入 {WAIT_SECONDS:g} 秒还没有完")
        try:
            yield
        finally:
            self._turns.leave()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise (LedgerBusy if _is_busy(error) else LedgerUnusable)(_told(error, self.backend)) from None
        except SQLAlchemyError as error:
            raise LedgerUnusable(_told(error, self.backend)) from None


def open_store(url: str, synchronous: Synchronous = "FULL") -> Store:
    """Connect and bring the tables up to date; several processes may do so at the same moment.

    :param url: ``sqlite:///path`` or ``postgresql+psycopg://…``
    :param synchronous: ``OFF`` loses acknowledged tickets in a power cut; only for showing that it does
    :raises LedgerUnusable: when it cannot be opened or belongs to a newer release
    """
    store = Store(connect(url, synchronous))
    with store.writing() as connection:
        migrate(connection)
    return store


def connect(url: str, synchronous: Synchronous = "FULL") -> Engine:
    """The database with this project's settings on each connection; its tables are left as they are."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, hide_parameters=True, pool_size=8)
        event.listen(engine, "connect", lambda raw, _: _prepare_sqlite(raw, synchronous))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    wait = int(WAIT_SECONDS * 1000)
    options = f"-c synchronous_commit=on -c lock_timeout={wait} -c statement_timeout={wait * 4}"
    arguments = {"options": options, "connect_timeout": int(WAIT_SECONDS)}
    return create_engine(parsed, hide_parameters=True, pool_pre_ping=True, connect_args=arguments)


def _prepare_sqlite(raw: Any, synchronous: Synchronous) -> None:
    raw.isolation_level = None  # the driver must not begin or commit by itself
    cursor = raw.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(WAIT_SECONDS * 1000)}")
    _to_wal(cursor)
    cursor.execute(f"PRAGMA synchronous={synchronous}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _to_wal(cursor: sqlite3.Cursor) -> None:
    # Two processes that switch at the same moment get "locked" at once: SQLite does not wait here.
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("haishu_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def migrations() -> Config:
    """Where Alembic finds how the tables came to be."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def migrate(connection: Connection, to: str = "head") -> None:
    """Bring the tables up to a revision, inside the connection's transaction. Raises LedgerUnusable."""
    config = migrations()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise LedgerUnusable(f"工单库的表不是这一版程序的：{error}。请用写它的那一版或更新的程序") from None


def _is_busy(error: OperationalError) -> bool:
    text = str(error.orig)
    return "locked" in text or "lock timeout" in text or "busy" in text


def _told(error: SQLAlchemyError, backend: str) -> str:
    # The driver's own first line names the cause; statements and values stay out of messages and logs.
    cause = str(error.orig).strip().splitlines()[0] if isinstance(error, DBAPIError) else type(error).__name__
    return f"工单库（{backend}）没有写入也没有读出：{cause[:200]}"
