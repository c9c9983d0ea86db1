"""What is taken comes back, whichever database it was in and whichever it goes to."""

from __future__ import annotations

import gzip
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from actions.backup import office
from actions.backup.archive import KEYS as KEYS_FILE
from actions.backup.archive import unpack
from actions.backup.errors import PassphraseWrong
from actions.tickets.errors import LedgerUnusable
from actions.tickets.store import open_store
from tests.actions.backup.parts import (
    CANARY,
    GENERATION,
    beside,
    everything,
    file,
    live,
    make_place,
    many,
)
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY, make_office


@pytest.mark.parametrize("there", ["sqlite", "postgresql"])
@pytest.mark.parametrize("here", ["sqlite", "postgresql"])
def test_every_row_comes_back(here, there, new_url, tmp_path):
    place = make_place(tmp_path / "here", new_url(here))
    live(place.ledger_url)
    taken = office.take(place, tmp_path / "b.tar.gz")
    assert (taken.backend, taken.findings, taken.counts["tickets"]) == (here, 0, 6)

    other = beside(place, tmp_path / "there", new_url(there))
    restored = office.put_back(other, tmp_path / "b.tar.gz", force=False)
    assert everything(other.ledger_url) == everything(place.ledger_url)
    assert (restored.verdict.length, restored.verdict.head) == (taken.length, taken.head)
    assert restored.verdict.findings == ()
    assert (other.sources_dir / "000.txt").read_text("utf-8") == "累计建成居家养老服务机构273个。"
    assert (other.index_dir / "CURRENT").read_text("utf-8").strip() == taken.index == GENERATION
    assert (other.index_dir / "generations" / GENERATION / "manifest.json").is_file()
    assert restored.documents == 4


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_the_restored_ledger_takes_the_next_report(backend, new_url, tmp_path, place):
    live(place.ledger_url)
    office.take(place, tmp_path / "b.tar.gz")
    other = beside(place, tmp_path / "there", new_url(backend))
    office.put_back(other, tmp_path / "b.tar.gz", force=False)
    desk = make_office(other.ledger_url)
    again = file(desk, 3)  # the same key as before the backup: the ticket it had, not another
    assert file(desk, 99) != again
    assert desk.audit.verify().findings == ()
    desk.close()
    assert len(everything(other.ledger_url)["tickets"]) == 7


@pytest.mark.slow
def test_ten_thousand_tickets_are_back_within_a_minute(tmp_path, place):
    many(place.ledger_url, 10_000)
    started = time.monotonic()
    taken = office.take(place, tmp_path / "b.tar.gz")
    backup = time.monotonic() - started
    other = beside(place, tmp_path / "wiped")
    started = time.monotonic()
    restored = office.put_back(other, tmp_path / "b.tar.gz", force=False)
    seconds = time.monotonic() - started
    print(f"10,000 tickets: backup {backup:.1f} s, restore {seconds:.1f} s")
    assert (taken.counts["tickets"], restored.manifest.counts["tickets"]) == (10_000, 10_000)
    assert (restored.verdict.length, restored.verdict.head) == (taken.length, taken.head)
    assert taken.findings == 0
    assert restored.verdict.findings == ()
    assert seconds <= 60
    assert CANARY.encode() not in gzip.decompress((tmp_path / "b.tar.gz").read_bytes())


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_it_is_whole_while_others_write(backend, new_url, tmp_path):
    place = make_place(tmp_path / "here", new_url(backend))
    desk = make_office(open_store(place.ledger_url))
    stop, filed = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            filed.append(file(desk, len(filed)))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(4):
            before = len(filed)
            taken = office.take(place, tmp_path / f"{n}.tar.gz")
            assert taken.findings == 0
            assert before <= taken.counts["tickets"] <= len(filed) + 1
    finally:
        stop.set()
        writer.join()
    desk.close()
    assert len(filed) > 4


def test_contacts_are_in_it_only_sealed_and_keys_not_at_all(tmp_path, place):
    live(place.ledger_url)
    office.take(place, tmp_path / "b.tar.gz")
    plain = gzip.decompress((tmp_path / "b.tar.gz").read_bytes())
    assert CANARY.encode() not in plain
    for secret in (LEDGER_KEY, CONTACT_KEY):
        assert secret.encode() not in plain
    assert "路灯坏了".encode() in plain  # the control: what is not sealed would be found
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0


def test_keys_go_along_when_asked_for_and_open_with_the_passphrase_only(tmp_path, place):
    live(place.ledger_url, 1)
    secrets = {"LEDGER_KEY": LEDGER_KEY, "CONTACT_KEY": CONTACT_KEY}
    office.take(place, tmp_path / "b.tar.gz", secrets, "桥下的灯亮了三天，又三夜")
    plain = gzip.decompress((tmp_path / "b.tar.gz").read_bytes())
    assert LEDGER_KEY.encode() not in plain
    assert KEYS_FILE in unpack(tmp_path / "b.tar.gz", tmp_path / "open").files
    assert office.secrets_in(tmp_path / "b.tar.gz", "桥下的灯亮了三天，又三夜", tmp_path) == secrets
    with pytest.raises(PassphraseWrong, match="BACKUP_PASSPHRASE"):
        office.secrets_in(tmp_path / "b.tar.gz", "桥下的灯亮了三天，又三晚", tmp_path)
    with pytest.raises(PassphraseWrong, match="至少 12 个"):
        office.take(place, tmp_path / "c.tar.gz", secrets, "short")
    assert not (tmp_path / "c.tar.gz").exists()


def test_an_archive_without_keys_says_so(tmp_path, place):
    live(place.ledger_url, 1)
    office.take(place, tmp_path / "b.tar.gz")
    assert office.secrets_in(tmp_path / "b.tar.gz", "whatever it is", tmp_path) == {}


def test_no_ledger_is_named_and_nothing_is_made(tmp_path, place):
    with pytest.raises(LedgerUnusable, match="没有工单库"):
        office.take(place, tmp_path / "b.tar.gz")
    assert not (tmp_path / "b.tar.gz").exists()
    assert not Path(place.ledger_url.removeprefix("sqlite:///")).exists()


def test_a_tampered_ledger_is_taken_along_with_its_findings(tmp_path, place):
    live(place.ledger_url)
    store = open_store(place.ledger_url)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE tickets SET problem = '没有这回事' WHERE id = 1")
    store.close()
    taken = office.take(place, tmp_path / "b.tar.gz")
    assert taken.findings == 1
    restored = office.put_back(beside(place, tmp_path / "there"), tmp_path / "b.tar.gz", force=False)
    assert len(restored.verdict.findings) == 1


def test_an_archive_signed_with_the_key_before_is_accepted(tmp_path, place):
    live(place.ledger_url, 1)
    office.take(place, tmp_path / "b.tar.gz")
    newer = replace(place.keys, ledger="another-ledger-key-0123456789-abcdefg", old_ledger=LEDGER_KEY)
    other = replace(beside(place, tmp_path / "there"), keys=newer)
    assert office.put_back(other, tmp_path / "b.tar.gz", force=False).manifest.length == 2


def test_a_contact_sealed_with_the_key_before_is_accepted(tmp_path, place):
    live(place.ledger_url, 1)
    office.take(place, tmp_path / "b.tar.gz")
    newer = replace(place.keys, contact="another-contact-key-0123456789-abcdef", old_contact=CONTACT_KEY)
    other = replace(beside(place, tmp_path / "there"), keys=newer)
    assert office.put_back(other, tmp_path / "b.tar.gz", force=False).verdict.findings == ()
