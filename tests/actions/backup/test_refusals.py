"""What restore does not accept: each is named, and what was there stays as it was."""

from __future__ import annotations

import io
import json
import random
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from actions.backup import office
from actions.backup.errors import (
    ArchiveDamaged,
    ArchiveForeign,
    ArchiveNewer,
    BackupError,
    NotTheSame,
    TargetTaken,
)
from actions.backup.manifest import Keys
from actions.tickets.register import Wanted
from tests.actions.backup.parts import KEYS, beside, everything, file, live
from tests.actions.tickets.ledger_parts import make_office

OTHER = "some-other-key-of-another-town-0123456789"


@pytest.fixture
def archive(place, tmp_path) -> Path:
    live(place.ledger_url, 3)
    office.take(place, tmp_path / "b.tar.gz")
    return tmp_path / "b.tar.gz"


@pytest.fixture
def occupied(place, tmp_path):
    """Another machine with the same keys and tickets of its own."""
    other = beside(place, tmp_path / "there")
    live(other.ledger_url, 1)
    return other


def rewritten(archive: Path, change) -> None:
    """The archive with ``change(files)`` made to it: name → bytes."""
    with tarfile.open(archive) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    change(files)
    with tarfile.open(archive, "w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def manifest(files, **changes) -> None:
    files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), **changes}).encode()


def signed(files, keys: Keys = KEYS, **changes) -> None:
    """Changed by somebody who holds the key: another release."""
    from actions.backup.manifest import parse

    files["manifest.json"] = replace(parse(files["manifest.json"]), **changes).signed(keys).text()


def test_forty_damaged_archives_are_forty_refusals(archive, occupied):
    before, whole = everything(occupied.ledger_url), archive.read_bytes()
    draw = random.Random(81890)
    refused = 0
    for n in range(40):
        broken = bytearray(whole)
        if n % 4 == 0:
            del broken[draw.randrange(20, len(broken)) :]
        else:  # past the header, whose time and name say nothing
            broken[draw.randrange(10, len(broken) - 8)] ^= 1 << draw.randrange(8)
        archive.write_bytes(broken)
        try:
            office.put_back(occupied, archive, force=True)
        except ArchiveDamaged:
            refused += 1
        else:
            # A changed bit in tar's padding changes nothing that is read.
            assert len(everything(occupied.ledger_url)["tickets"]) == 3
            pytest.fail(f"the {n}th damage went unseen")
    assert refused == 40
    assert everything(occupied.ledger_url) == before


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (lambda files: files.pop("ledger.sqlite3"), ArchiveDamaged, "少了 ledger.sqlite3"),
        (lambda files: files.pop("manifest.json"), ArchiveDamaged, "没有 manifest.json"),
        (lambda files: files.update({"ledger.sqlite3": b"x" * 9}), ArchiveDamaged, "ledger.sqlite3 与清单"),
        (lambda files: files.update({"manifest.json": b"{"}), ArchiveDamaged, "清单读不出来"),
        (lambda files: files.update({"../escape": b"x"}), ArchiveDamaged, "不解开"),
        (lambda files: manifest(files, head="0" * 64), ArchiveDamaged, "签名不符"),
        (lambda files: manifest(files, counts={"tickets": 4}), ArchiveDamaged, "签名不符"),
        (lambda files: manifest(files, format=2), ArchiveNewer, "格式是 2"),
        (lambda files: signed(files, revision="9999"), ArchiveNewer, "9999"),
        (lambda files: signed(files, head="0" * 64), NotTheSame, "备份记的是"),
        (lambda files: signed(files, counts={"tickets": 4}), NotTheSame, "与它的清单不符"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_changes(change, error, told, archive, occupied):
    before = everything(occupied.ledger_url)
    rewritten(archive, change)
    with pytest.raises(error, match=told):
        office.put_back(occupied, archive, force=True)
    assert everything(occupied.ledger_url) == before
    assert list(occupied.scratch_dir.iterdir()) == []


def test_what_is_no_archive_is_named(occupied, tmp_path):
    (tmp_path / "no.tar.gz").write_bytes(b"what is this")
    for path in (tmp_path / "no.tar.gz", tmp_path / "gone.tar.gz"):
        with pytest.raises(ArchiveDamaged, match=path.name):
            office.put_back(occupied, path, force=True)


@pytest.mark.parametrize(
    ("keys", "name"),
    [(replace(KEYS, ledger=OTHER), "LEDGER_KEY"), (replace(KEYS, contact=OTHER), "CONTACT_KEY")],
)
def test_another_towns_archive_is_not_taken(keys, name, archive, occupied):
    before = everything(occupied.ledger_url)
    with pytest.raises(ArchiveForeign, match=name):
        office.put_back(replace(occupied, keys=keys), archive, force=True)
    assert everything(occupied.ledger_url) == before


def test_nothing_is_overwritten_without_force(archive, occupied):
    before = everything(occupied.ledger_url)
    with pytest.raises(TargetTaken, match="FORCE=1"):
        office.put_back(occupied, archive, force=False)
    assert everything(occupied.ledger_url) == before


def test_with_force_the_old_ledger_is_kept_beside(archive, occupied, place):
    before = everything(occupied.ledger_url)
    done = office.put_back(occupied, archive, force=True)
    assert done.kept is not None
    assert everything(f"sqlite:///{done.kept}") == before
    assert everything(occupied.ledger_url) == everything(place.ledger_url)


def test_a_ledger_that_somebody_has_open_is_not_replaced(archive, occupied):
    before = everything(occupied.ledger_url)
    desk = make_office(occupied.ledger_url)
    assert desk.register.list(Wanted())
    with pytest.raises(TargetTaken, match="先停下服务"):
        office.put_back(occupied, archive, force=True)
    desk.close()
    assert everything(occupied.ledger_url) == before
    assert office.put_back(occupied, archive, force=True).kept is not None


def test_with_force_postgresql_is_replaced_in_one_transaction(archive, place, new_url, tmp_path):
    other = beside(place, tmp_path / "there", new_url("postgresql"))
    live(other.ledger_url, 1)
    with pytest.raises(TargetTaken):
        office.put_back(other, archive, force=False)
    office.put_back(other, archive, force=True)
    assert everything(other.ledger_url) == everything(place.ledger_url)
    desk = make_office(other.ledger_url)
    assert file(desk, 50)
    desk.close()


def test_a_changed_document_is_not_overwritten_without_force(archive, place, tmp_path):
    other = beside(place, tmp_path / "there")
    other.sources_dir.mkdir(parents=True)
    (other.sources_dir / "000.txt").write_text("后来改的")
    with pytest.raises(TargetTaken, match=r"000\.txt"):
        office.put_back(other, archive, force=False)
    assert not Path(other.ledger_url.removeprefix("sqlite:///")).exists()
    assert office.put_back(other, archive, force=True).documents == 4
    assert "273" in (other.sources_dir / "000.txt").read_text("utf-8")


def test_a_row_that_does_not_arrive_stops_it(archive, occupied, monkeypatch):
    from actions.backup import ledger

    before = everything(occupied.ledger_url)
    real = ledger.count_rows
    monkeypatch.setattr(ledger, "count_rows", lambda connection: {**real(connection), "tickets": 2})
    with pytest.raises(NotTheSame, match="tickets 3→2"):
        office.put_back(occupied, archive, force=True)
    monkeypatch.undo()
    assert everything(occupied.ledger_url) == before
    assert issubclass(NotTheSame, BackupError)
