"""The power goes while tickets are filed: none that was acknowledged is lost. With synchronous=OFF they are."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from actions.settings import ROOT
from actions.tickets.errors import TicketError
from tests.actions.tickets.ledger_parts import make_office

COMPILER = shutil.which("cc") or shutil.which("gcc")
SHIM = Path(__file__).with_name("power_loss.c")
SECTOR = 512
LONG = 150  # tickets; enough for SQLite to move its log into the file meanwhile
WRITER = """
import sys
from actions.tickets.records import Report
from actions.tickets.store import open_store
from tests.actions.tickets.ledger_parts import make_office

office = make_office(open_store(sys.argv[1], sys.argv[2]))
for i in range(100_000):
    receipt = office.reception.file(Report(problem=f"路灯坏了，第{i}盏" * 20), f"key-{i}")
    print(receipt.number, receipt.code, flush=True)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(COMPILER is None, reason="NO C COMPILER: what a power cut leaves was not tested"),
]


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert COMPILER
    library = tmp_path_factory.mktemp("shim") / "power_loss.so"
    subprocess.run(
        [COMPILER, "-shared", "-fPIC", "-O2", "-o", library, SHIM, "-ldl"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return library


def write_until_killed(database: Path, shim: Path, synchronous: str, acknowledged: int) -> list[str]:
    """File tickets in another process and kill it; what it had acknowledged until then."""
    shutil.copy(database, f"{database}.synced")  # the empty tables were there before
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, f"sqlite:///{database}", synchronous],
        cwd=ROOT,
        env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout
        lines = [writer.stdout.readline() for _ in range(acknowledged)]
        writer.kill()
        lines += writer.stdout.read().splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    assert len(whole) >= acknowledged, "the writer stopped by itself"
    return whole


def lose_power(database: Path, torn: random.Random | None) -> None:
    """Put the synced bytes in place; with ``torn``, sectors written since then survive by chance."""
    for name in (database.name, f"{database.name}-wal"):
        path, synced = database.with_name(name), database.with_name(f"{name}.synced")
        kept = synced.read_bytes() if synced.exists() else b""
        if torn is not None and path.exists():
            kept = mixed(kept, path.read_bytes(), torn)
        path.write_bytes(kept)
    database.with_name(f"{database.name}-shm").unlink(missing_ok=True)


def mixed(old: bytes, new: bytes, chance: random.Random) -> bytes:
    sectors = []
    for at in range(0, len(new), SECTOR):
        source = new if chance.random() < 0.5 else old.ljust(len(new), b"\0")
        sectors.append(source[at : at + SECTOR])
    return b"".join(sectors) if len(new) >= len(old) else old


def lost(database: Path, receipts: list[str]) -> list[str]:
    """Acknowledged receipts that open nothing any more; whatever is there must be in order."""
    office = make_office(f"sqlite:///{database}")
    gone = []
    for receipt in receipts:
        number, code = receipt.split()
        try:
            office.reception.look_up(number, code=code)
        except TicketError:
            gone.append(number)
    assert office.audit.verify().findings == ()
    office.close()
    return gone


@pytest.mark.parametrize("torn", [False, True], ids=["nothing unsynced", "torn sectors"])
@pytest.mark.parametrize("acknowledged", [1, 30, LONG])
def test_no_acknowledged_ticket_is_lost(sqlite_url: str, shim: Path, acknowledged: int, torn: bool) -> None:
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    empty = database.read_bytes()
    receipts = write_until_killed(database, shim, "FULL", acknowledged)
    if acknowledged == LONG:
        assert Path(f"{database}.synced").read_bytes() != empty, "no checkpoint: the long run is too short"
    lose_power(database, random.Random(acknowledged) if torn else None)
    assert lost(database, receipts) == []


def test_without_syncing_they_would_be(sqlite_url: str, shim: Path) -> None:
    """Shows that the test above can fail."""
    database = Path(sqlite_url.removeprefix("sqlite:///"))
    receipts = write_until_killed(database, shim, "OFF", 30)
    lose_power(database, None)
    assert len(lost(database, receipts)) > 0
