"""The ledger as one file, and back: an archive always holds SQLite, whichever database is in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, MetaData, make_url

from actions.backup import revisions
from actions.backup.copying import copy_rows, count_rows, tables_of
from actions.backup.errors import NotTheSame, TargetTaken
from actions.tickets.errors import LedgerUnusable
from actions.tickets.store import Store, connect, migrate

_SIDE_FILES = ("-wal", "-shm")


def file_of(url: str) -> Path | None:
    """The file of a SQLite ledger; None when it is another database."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def url_of(path: Path) -> str:
    """The other way round."""
    return f"sqlite:///{path}"


def snapshot(url: str, to: Path) -> None:
    """The ledger at one moment, while others go on writing.

    :raises LedgerUnusable: when there is none
    """
    here = file_of(url)
    if here is None:
        return _snapshot_rows(url, to)
    if not here.is_file():
        raise LedgerUnusable(f"没有工单库 {here}：还没有运行过，或者 DATABASE_URL、VAR_DIR 不对")
    with closing(sqlite3.connect(here, timeout=30)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
    return None


def _snapshot_rows(url: str, to: Path) -> None:
    source, target = connect(url), connect(url_of(to), "OFF")
    try:
        with (
            source.connect().execution_options(isolation_level="REPEATABLE READ") as there,
            there.begin(),
            Store(target).writing() as here,
        ):
            migrate(here, revisions.current(there))
            copy_rows(there, here)
    finally:
        source.dispose()
        target.dispose()


def is_empty(url: str) -> bool:
    """Whether nothing would be lost by writing over it."""
    path = file_of(url)
    if path is not None and not path.exists():
        return True
    engine = connect(url)
    try:
        with Store(engine).reading() as connection:
            return not any(count_rows(connection).values())
    finally:
        engine.dispose()


def install(source: Path, url: str, revision: str, counts: Mapping[str, int], force: bool) -> Path | None:
    """Make ``source`` the ledger, with its tables at ``revision``.

    :returns: where the ledger that was there before is now, if it was a file
    :raises TargetTaken: when one is there and ``force`` was not given, or somebody has it open
    :raises NotTheSame: when a row did not arrive; the target is as it was
    """
    if not force and not is_empty(url):
        raise TargetTaken("这里的工单库不是空的：不覆盖。确实要换掉它，加 FORCE=1（原来的会留在旁边）")
    path = file_of(url)
    if path is None:
        _replace_rows(source, url, revision, counts)
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.restoring")
    _forget(staged)
    try:
        _stage(source, staged, revision, counts)
        return _swap(staged, path)
    finally:
        _forget(staged)


def _stage(source: Path, staged: Path, revision: str, counts: Mapping[str, int]) -> None:
    engine, given = connect(url_of(staged)), connect(url_of(source))
    try:
        with Store(given).reading() as there:
            older = revisions.older(revisions.current(there), revision)
            if older != revision:
                shutil.copyfile(source, staged)
            with Store(engine).writing() as here:
                if older == revision:
                    migrate(here, older)
                    copy_rows(there, here)
                migrate(here, revision)
                _compare(here, counts)
        with closing(sqlite3.connect(staged)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()
        given.dispose()


def _replace_rows(source: Path, url: str, revision: str, counts: Mapping[str, int]) -> None:
    engine, given = connect(url), connect(url_of(source))
    try:
        # One transaction for all of it: whoever looks sees the old one or the new one.
        with Store(given).reading() as there, Store(engine).writing() as here:
            here.exec_driver_sql("SET LOCAL statement_timeout = 0")
            old = MetaData()
            old.reflect(here)
            old.drop_all(here)
            migrate(here, revisions.older(revisions.current(there), revision))
            copy_rows(there, here)
            migrate(here, revision)
            _compare(here, counts)
    finally:
        engine.dispose()
        given.dispose()


def _compare(connection: Connection, counts: Mapping[str, int]) -> None:
    found = count_rows(connection)
    wrong = [name for name in tables_of(connection) if name in counts and found[name] != counts[name]]
    if wrong:
        told = "、".join(f"{name} {counts[name]}→{found[name]}" for name in wrong)
        raise NotTheSame(f"行数不符（{told}）：没有换上，原来的还在")


def _swap(staged: Path, path: Path) -> Path | None:
    kept = None
    if path.exists():
        kept = path.with_name(f"{path.name}.replaced-{time.strftime('%Y%m%dT%H%M%S')}")
        _let_go(path)
        path.replace(kept)
    for suffix in _SIDE_FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    staged.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return kept


def _let_go(path: Path) -> None:
    """Fold the -wal in, which SQLite does only for who has the file alone: a service that went on would write into
    a file without a name.
    """
    try:
        with closing(sqlite3.connect(path, timeout=1)) as raw:
            raw.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise TargetTaken(f"别的进程还开着 {path}：先停下服务（make down）") from None
    except sqlite3.DatabaseError:
        return  # what is there is no database any more; it is kept as it is


def _forget(path: Path) -> None:
    for suffix in ("", *_SIDE_FILES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
