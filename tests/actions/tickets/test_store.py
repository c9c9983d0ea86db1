"""The database itself: tables as declared, settings that keep a promise, errors that name no values."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert

import actions.feedback.tables  # noqa: F401 - its table is in the metadata, too
from actions.tickets import store as store_module
from actions.tickets.errors import LedgerBusy, LedgerUnusable
from actions.tickets.moment import Moment, read, written
from actions.tickets.store import open_store
from actions.tickets.tables import anchors, metadata
from tests.actions.tickets.ledger_parts import START

ANCHOR = {"day": "2026-11-23", "length": 1, "head": "0" * 64, "signature": "0" * 64}


def test_the_migrations_make_what_the_tables_say(ledger_url: str) -> None:
    store = open_store(ledger_url)
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    store.close()


def test_sqlite_keeps_what_it_has_acknowledged(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    with store.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    store.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_postgresql_waits_for_its_disk(postgres_url: str) -> None:
    store = open_store(postgres_url + "ledger_template")
    with store.reading() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    store.close()


def _open(url: str, queue) -> None:
    try:
        open_store(url).close()
        queue.put("opened")
    except Exception as error:  # noqa: BLE001 - whatever it was is the finding
        queue.put(repr(error))


def test_processes_that_start_together_all_find_the_tables(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    url = f"sqlite:///{tmp_path / 'new' / 'ledger.sqlite3'}"
    starters = [context.Process(target=_open, args=(url, queue)) for _ in range(4)]
    for starter in starters:
        starter.start()
    assert [queue.get(timeout=60) for _ in starters] == ["opened"] * 4
    for starter in starters:
        starter.join()


def test_what_raises_leaves_nothing_behind(ledger_url: str) -> None:
    store = open_store(ledger_url)

    def half_done() -> None:
        with store.writing() as connection:
            connection.execute(insert(anchors), ANCHOR)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    with store.reading() as connection:
        assert connection.execute(anchors.select()).all() == []
    store.close()


def test_writers_take_turns(ledger_url: str) -> None:
    store = open_store(ledger_url)
    inside, most = 0, 0

    def write() -> None:
        nonlocal inside, most
        for _ in range(5):
            with store.writing():
                inside += 1
                most = max(most, inside)
                threading.Event().wait(0.005)
                inside -= 1

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    assert most == 1


def test_a_writer_that_waits_too_long_says_so(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "WAIT_SECONDS", 0.2)
    store = open_store(ledger_url)
    with store.writing(), pytest.raises(LedgerBusy, match="没有写入"), store.writing():
        pass
    store.close()


def test_an_error_shows_no_value(ledger_url: str) -> None:
    store = open_store(ledger_url)
    secret = "13800001234"
    with pytest.raises(LedgerUnusable) as refused, store.writing() as connection:
        connection.execute(insert(anchors), {**ANCHOR, "day": None, "head": secret})
    assert secret not in str(refused.value)
    store.close()


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(LedgerUnusable, match="not a database"):
        open_store(f"sqlite:///{path}")
    with pytest.raises(LedgerUnusable, match="postgresql"):
        open_store("postgresql+psycopg://haishu:x@127.0.0.1:9/none")


def test_a_ledger_of_a_later_release_is_left_alone(sqlite_url: str) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(LedgerUnusable, match="9999"):
        open_store(sqlite_url)


def test_moments_keep_their_zone_and_their_order() -> None:
    assert read(written(START)) == START
    assert written(START) == "2026-11-23T01:30:00.000000Z"
    assert read(written(START)).utcoffset() == START.utcoffset()
    with pytest.raises(ValueError, match="没有时区"):
        written(START.replace(tzinfo=None))
    assert Moment().process_bind_param(None, None) is None  # type: ignore[arg-type]
