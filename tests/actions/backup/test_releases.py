"""A ledger of the release before is opened by this one and goes back to it, and no field of it is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from actions.backup import office, revisions
from actions.backup.errors import BackupError
from actions.backup.ledger import file_of
from actions.tickets.errors import LedgerUnusable
from actions.tickets.store import Store, connect, migrate, open_store
from tests.actions.backup.parts import beside, everything, file, live, make_place
from tests.actions.tickets.ledger_parts import make_office

RELEASED = "0002"  # the tables of the first release


def released(url: str, folder: Path) -> None:
    """A ledger with the first release's tables, filled by today's code and moved down row by row."""
    live(url)
    place = make_place(folder, url)
    office.go_back(place, RELEASED)


def at(url: str) -> str:
    engine = connect(url)
    with Store(engine).reading() as connection:
        found = revisions.current(connection)
    engine.dispose()
    return found


def columns_of_the_release(tmp_path: Path) -> dict[str, set[str]]:
    """Table → columns, from the migrations alone."""
    path = tmp_path / "released.sqlite3"
    engine = connect(f"sqlite:///{path}")
    with Store(engine).writing() as connection:
        migrate(connection, RELEASED)
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: {row[1] for row in raw.execute(f"PRAGMA table_info({name})")} for name in names}


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_the_ledger_of_the_release_before_loses_no_field(backend, new_url, tmp_path):
    url = new_url(backend)
    released(url, tmp_path / "here")
    before = everything(url)
    assert at(url) == RELEASED
    assert set(before) == set(columns_of_the_release(tmp_path)) - {"alembic_version"}

    open_store(url).close()
    assert at(url) == revisions.known()[-1]
    after = everything(url)
    assert {name: len(rows) for name, rows in after.items() if name in before} == {
        name: len(rows) for name, rows in before.items()
    }
    desk = make_office(url)
    assert desk.audit.verify().findings == ()
    new = file(desk, 70)
    desk.close()

    place = make_place(tmp_path / "again", url)
    office.go_back(place, RELEASED)
    back = everything(url)
    assert at(url) == RELEASED
    for name, rows in before.items():
        changed = {"anchors", "tickets", "history", "contacts", "idempotency"}
        assert set(map(repr, rows)) <= set(map(repr, back[name])) or name in changed, name
    assert len(back["tickets"]) == len(before["tickets"]) + 1
    assert any(new in row for row in back["tickets"])


def test_an_archive_of_the_release_before_is_restored_into_this_one(tmp_path):
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    released(url, tmp_path / "here")
    place = make_place(tmp_path / "old", url)
    taken = office.take(place, tmp_path / "b.tar.gz")
    assert (taken.revision, taken.findings) == (RELEASED, 0)
    assert at(url) == RELEASED  # taking a backup changes nothing
    other = beside(place, tmp_path / "there")
    restored = office.put_back(other, tmp_path / "b.tar.gz", force=False)
    assert at(other.ledger_url) == revisions.known()[-1]
    assert (restored.verdict.length, restored.verdict.findings) == (taken.length, ())


def test_the_release_before_does_not_open_a_newer_ledger_and_says_why(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    live(url, 1)
    path = file_of(url)
    assert path is not None
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerUnusable, match=r"9999.*更新的程序"):
        open_store(url)


@pytest.mark.parametrize("revision", ["9999", "", "head"])
def test_there_is_no_way_back_to_what_never_was(revision, place):
    live(place.ledger_url, 1)
    before = everything(place.ledger_url)
    with pytest.raises(BackupError, match="可退回的是"):
        office.go_back(place, revision)
    assert everything(place.ledger_url) == before


def test_going_back_one_step_keeps_the_newer_ledger_beside(place):
    live(place.ledger_url, 3)
    before = everything(place.ledger_url)
    older = revisions.known()[-2]
    kept = office.go_back(place, older)
    assert kept is not None
    assert everything(f"sqlite:///{kept}") == before
    assert at(place.ledger_url) == older
    assert len(everything(place.ledger_url)["tickets"]) == 3
