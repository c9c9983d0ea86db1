"""Nobody changes the history unseen: 400 random changes, each found, each found at its place."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from actions.tickets.audit import Audit
from actions.tickets.chain import Chain
from actions.tickets.errors import KeyMissing
from actions.tickets.office import Office
from actions.tickets.records import Report
from actions.tickets.store import open_store
from actions.tickets.ticket import digest
from tests.actions.tickets.ledger_parts import CHIEF, LEDGER_KEY, LI, Hands, make_office

TRIALS = 400
TABLES = ("tickets", "history", "anchors")
FORGER = Chain("another-key-entirely-0123456789-abcdef")
COLUMNS = {
    "ticket_id": "ticket_id + 1000",
    "version": "version + 1000",
    "at": "'2020-01-01T00:00:00.000000Z'",
    "actor": "actor || '甲'",
    "role": "'supervisor' || role",
    "move": "'note' || move",
    "state_from": "'已受理' || state_from",
    "state_to": "'已办结' || state_to",
    "public": "1 - public",
    "details": '\'{"words": "没有的话"}\'',
    "ticket_digest": f"'{'1' * 64}'",
    "previous": f"'{'2' * 64}'",
    "hash": f"'{'3' * 64}'",
}


@pytest.fixture(scope="module")
def used(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger after three days of work."""
    path = tmp_path_factory.mktemp("audit") / "used.sqlite3"
    shutil.copy(migrated, path)
    hands = Hands()
    office = make_office(f"sqlite:///{path}", hands)
    for i in range(20):
        number = office.reception.file(Report(problem=f"路灯坏了{i}", session=f"s{i}"), f"k{i}").number
        office.casework.start(number, 2, LI)
        office.casework.close(number, 3, CHIEF, "好了")
        hands.move(hours=4)
    office.close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")  # one file, easy to copy
    raw.close()
    return path


class Tampered:
    """A copy of it in the hands of somebody who can write to the file, and the audit that looks at it."""

    def __init__(self, path: Path) -> None:
        self.raw = sqlite3.connect(path, isolation_level=None)
        self.store = open_store(f"sqlite:///{path}")
        for table in TABLES:
            self.raw.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")

    def found(self, expected: str = "") -> list[tuple[int, str]]:
        verdict = Audit(self.store, Chain(LEDGER_KEY)).verify(expected)
        return [(finding.position, str(finding)) for finding in verdict.findings]

    def restore(self) -> None:
        self.raw.execute("BEGIN")
        for table in TABLES:
            self.raw.execute(f"DELETE FROM {table}")
            self.raw.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
        self.raw.execute("COMMIT")

    def close(self) -> None:
        self.raw.close()
        self.store.close()


@pytest.fixture
def tampered(used: Path, tmp_path: Path) -> Iterator[Tampered]:
    path = tmp_path / "tampered.sqlite3"
    shutil.copy(used, path)
    hands = Tampered(path)
    yield hands
    hands.close()


def length(raw: sqlite3.Connection) -> int:
    return int(raw.execute("SELECT max(position) FROM history").fetchone()[0])


def edit(raw: sqlite3.Connection, random_: random.Random) -> set[int]:
    position = random_.randint(1, length(raw))
    column = random_.choice(list(COLUMNS))
    raw.execute(f'UPDATE history SET "{column}" = {COLUMNS[column]} WHERE position = ?', (position,))
    return {position}


def remove(raw: sqlite3.Connection, random_: random.Random) -> set[int]:
    position = random_.randint(1, length(raw))
    raw.execute("DELETE FROM history WHERE position = ?", (position,))
    return {position}


def cut_off(raw: sqlite3.Connection, random_: random.Random) -> set[int]:
    position = random_.randint(1, length(raw))
    raw.execute("DELETE FROM history WHERE position >= ?", (position,))
    return {position}


def swap(raw: sqlite3.Connection, random_: random.Random) -> set[int]:
    one, other = random_.sample(range(1, length(raw) + 1), 2)
    for source, target in ((one, -1), (other, one), (-1, other)):
        raw.execute("UPDATE history SET position = ? WHERE position = ?", (target, source))
    return {one, other}


def close_gap(raw: sqlite3.Connection, random_: random.Random) -> set[int]:
    position = random_.randint(1, length(raw) - 1)
    raw.execute("DELETE FROM history WHERE position = ?", (position,))
    for later in range(position + 1, length(raw) + 1):
        raw.execute("UPDATE history SET position = ? WHERE position = ?", (later - 1, later))
    return {position}


def add(raw: sqlite3.Connection, random_: random.Random) -> set[int]:
    """A row at the end, signed with a key of the forger's own."""
    end = length(raw)
    names = [row[1] for row in raw.execute("PRAGMA table_info(history)")]
    row = dict(
        zip(names, raw.execute("SELECT * FROM history WHERE position = ?", (end,)).fetchone(), strict=True)
    )
    row |= {"position": end + 1, "version": 90 + random_.randint(0, 9), "previous": row["hash"]}
    row["hash"] = FORGER.blind("row", str(row))
    marks = ", ".join("?" for _ in names)
    raw.execute(f"INSERT INTO history VALUES ({marks})", [row[name] for name in names])
    return {end + 1}


def test_reports_of_which_the_department_is_certain_have_no_findings(tmp_path: Path) -> None:
    office = make_office(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    office.reception.file(Report(problem="有点暗", category="路灯", lat=30.0, long=121.0), "certain")
    assert office.audit.verify().findings == ()
    office.close()


def test_a_whole_number_is_the_one_that_the_database_gives_back() -> None:
    assert digest({"confidence": 1, "lat": 30, "urged": 1}) == digest(
        {"confidence": 1.0, "lat": 30.0, "urged": 1}
    )
    assert digest({"lat": 30.0}) != digest({"lat": 30.5})


def test_an_untouched_history_has_no_findings(tampered: Tampered) -> None:
    assert tampered.found() == []


@pytest.mark.slow
def test_random_changes_are_all_found_and_located(tampered: Tampered) -> None:
    random_ = random.Random(81890)
    ways = (edit, edit, edit, remove, cut_off, swap, close_gap, add)
    missed = []
    for trial in range(TRIALS):
        way = ways[trial % len(ways)]
        places = way(tampered.raw, random_)
        positions = {position for position, _ in tampered.found()} - {0}
        # The first finding is where it happened; an end that is gone is one finding, at its first row.
        if min(positions, default=0) != min(places) or not places <= positions:
            missed.append((way.__name__, places, sorted(positions)))
        tampered.restore()
    assert missed == []
    assert tampered.found() == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE tickets SET reply = '没有答复过' WHERE id = 3", "的内容与历史不符"),
        ("UPDATE tickets SET due = '2030-01-01T00:00:00.000000Z' WHERE id = 3", "的内容与历史不符"),
        ("UPDATE tickets SET due = '不是时间' WHERE id = 3", "的内容与历史不符"),
        ("UPDATE tickets SET version = 1 WHERE id = 3", "与历史的行数不符"),
        ("DELETE FROM tickets WHERE id = 3", "工单表里没有"),
        ("DELETE FROM anchors WHERE day = 'latest'", "链尾的锚不见了"),
        ("UPDATE anchors SET length = 10 WHERE day = 'latest'", "锚 latest 的签名不符"),
        ("UPDATE history SET position = 900 WHERE position = 5", "第 5 行不见了"),
        ("UPDATE history SET details = x'00ff' WHERE position = 5", "第 5 行：签名不符"),
        ("UPDATE history SET at = '昨天' WHERE position = 5", "第 5 行：签名不符"),
    ],
)
def test_what_goes_around_the_history_is_found_too(tampered: Tampered, statement: str, told: str) -> None:
    assert tampered.raw.execute(statement).rowcount == 1
    assert any(told in what for _, what in tampered.found())


def test_an_end_cut_off_together_with_its_day_is_found(tampered: Tampered) -> None:
    last_day = tampered.raw.execute("SELECT max(day) FROM anchors WHERE day < 'a'").fetchone()[0]
    kept = tampered.raw.execute("SELECT length FROM anchors WHERE day < ? ORDER BY day DESC", (last_day,))
    end = kept.fetchone()[0]
    tampered.raw.execute("DELETE FROM history WHERE position > ?", (end,))
    tampered.raw.execute("DELETE FROM anchors WHERE day = ?", (last_day,))
    assert (end + 1) in {position for position, _ in tampered.found()}


def test_an_older_copy_of_everything_is_found_by_a_head_noted_elsewhere(used: Path, tmp_path: Path) -> None:
    path = tmp_path / "older.sqlite3"
    shutil.copy(used, path)
    office = make_office(f"sqlite:///{path}")
    before = office.audit.verify()
    office.reception.file(Report(problem="路灯"), "later")
    after = office.audit.verify()
    noted = f"{after.length}:{after.head}"
    assert office.audit.verify(noted).findings == ()
    assert office.audit.verify(f"{before.length}:{before.head}").findings == ()
    office.close()
    shutil.copy(used, path)
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    older = make_office(f"sqlite:///{path}")
    assert [f.position for f in older.audit.verify(noted).findings] == [after.length]
    assert older.audit.verify().findings == ()
    older.close()


def test_another_key_verifies_nothing(used: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite3"
    shutil.copy(used, path)
    store = open_store(f"sqlite:///{path}")
    verdict = Audit(store, FORGER).verify()
    store.close()
    assert len([f for f in verdict.findings if "签名不符" in f.what]) >= verdict.length


def test_an_empty_ledger_is_in_order(office: Office) -> None:
    assert office.audit.verify().findings == ()
    with pytest.raises(KeyMissing, match="LEDGER_KEY"):
        Chain("")


def test_postgresql_is_checked_the_same_way(postgres_office: Office) -> None:
    for i in range(3):
        postgres_office.reception.file(Report(problem="路灯"), f"k{i}")
    assert postgres_office.audit.verify().findings == ()
    with postgres_office.store.writing() as connection:
        connection.execute(text("UPDATE history SET actor = '别人' WHERE position = 4"))
    assert [f.position for f in postgres_office.audit.verify().findings] == [4]
