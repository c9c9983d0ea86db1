"""``backup …`` from the command line, as `make backup`, `make restore`, `make upgrade` and `make rollback` call it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from actions.backup import revisions
from actions.backup.errors import ArchiveForeign, BackupError, PassphraseWrong, TargetTaken
from actions.settings import ROOT, SettingsError
from bot.cli import app
from bot.commands.errors import CommandError
from bot.supervision.state import RunLock
from tests.actions.backup.parts import everything, live
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY

PASSPHRASE = "lanterns under the bridge"
Run = Callable[..., Result]


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with six tickets, its keys in ``secrets.env`` and documents of its own."""
    folder = tmp_path / "town"
    shutil.copytree(ROOT / "knowledge" / "sources", folder / "knowledge" / "sources")
    shutil.copy(ROOT / "knowledge" / "sources.yml", folder / "knowledge")
    for name in ("LEDGER_KEY", "CONTACT_KEY", "DATABASE_URL", "INDEX_DIR", "BACKUP_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    move(folder, monkeypatch)
    (folder / "var").mkdir()
    (folder / "var" / "secrets.env").write_text(f"LEDGER_KEY={LEDGER_KEY}\nCONTACT_KEY={CONTACT_KEY}\n")
    live(ledger(folder))
    return folder


def move(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(folder / "var"))
    monkeypatch.setenv("SOURCES_DIR", str(folder / "knowledge" / "sources"))


def ledger(folder: Path) -> str:
    return f"sqlite:///{folder / 'var' / 'ledger.sqlite3'}"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["backup", *arguments])


def test_taken_and_shown(town: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "b.tar.gz")
    taken = run("take", out)
    assert taken.exit_code == 0, taken.exception
    assert "6 张工单" in taken.output
    assert "不含密钥" in taken.output
    assert "6 张工单" in run("show", out).output


def test_without_a_name_it_goes_beside_the_ledger(town: Path) -> None:
    assert run("take").exit_code == 0
    assert len(list((town / "var" / "backups").glob("backup-*.tar.gz"))) == 1


def test_a_wiped_machine_gets_ledger_documents_and_keys_back(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, out = everything(ledger(town)), str(tmp_path / "b.tar.gz")
    monkeypatch.setenv("BACKUP_PASSPHRASE", PASSPHRASE)
    assert "含密钥" in run("take", out, "--with-keys").output
    shutil.rmtree(town)
    restored = run("restore", out)
    assert restored.exit_code == 0, restored.exception
    assert "已恢复 6 张工单" in restored.output
    assert everything(ledger(town)) == before
    assert f"LEDGER_KEY={LEDGER_KEY}" in (town / "var" / "secrets.env").read_text()
    assert len(list((town / "knowledge" / "sources").iterdir())) == 5
    again = run("restore", out)
    assert isinstance(again.exception, TargetTaken)
    assert run("restore", out, "--force").exit_code == 0


def test_without_keys_here_and_there_it_says_what_to_do(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("take", str(tmp_path / "b.tar.gz"))
    move(tmp_path / "other", monkeypatch)
    refused = run("restore", str(tmp_path / "b.tar.gz"))
    assert isinstance(refused.exception, CommandError)
    assert "secrets.env" in str(refused.exception)


def test_another_towns_keys_and_a_wrong_passphrase_are_refused(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_PASSPHRASE", PASSPHRASE)
    out = str(tmp_path / "b.tar.gz")
    run("take", out, "--with-keys")
    other = tmp_path / "other"
    move(other, monkeypatch)
    monkeypatch.setenv("BACKUP_PASSPHRASE", "lanterns over the bridge")
    assert isinstance(run("restore", out).exception, PassphraseWrong)
    assert not (other / "var" / "secrets.env").exists()
    monkeypatch.setenv("LEDGER_KEY", "another-ledger-key-0123456789-abcdefgh")
    monkeypatch.setenv("CONTACT_KEY", CONTACT_KEY)
    assert isinstance(run("restore", out).exception, ArchiveForeign)
    assert not (other / "var" / "ledger.sqlite3").exists()


def test_nothing_is_replaced_under_a_running_system(town: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "b.tar.gz")
    run("take", out)
    lock = RunLock(town / "var" / "run" / "supervisor.lock")
    assert lock.acquire()
    try:
        for command in (("restore", out, "--force"), ("upgrade",), ("rollback", "0002")):
            refused = run(*command)
            assert isinstance(refused.exception, TargetTaken), command
            assert "make down" in str(refused.exception)
        assert run("take", str(tmp_path / "c.tar.gz")).exit_code == 0
    finally:
        lock.release()


def test_upgrade_and_rollback_take_a_backup_first(town: Path) -> None:
    before = everything(ledger(town))
    assert "已是第" in run("upgrade").output
    older, newest = revisions.known()[-2:]
    back = run("rollback", older)
    assert back.exit_code == 0, back.exception
    up = run("upgrade")
    assert up.exit_code == 0, up.exception
    assert f"{older} → {newest}，历史未变" in up.output
    assert f"make rollback TO={older}" in up.output
    made = sorted(path.name.rpartition("-")[0] for path in (town / "var" / "backups").iterdir())
    assert made == [f"before-{newest}", f"before-rollback-{older}"]
    after = everything(ledger(town))
    assert {name: len(rows) for name, rows in after.items()} == {
        name: len(rows) for name, rows in before.items()
    }
    assert isinstance(run("rollback", "9999").exception, BackupError)


def test_without_keys_nothing_is_taken(town: Path) -> None:
    (town / "var" / "secrets.env").unlink()
    assert isinstance(run("take").exception, SettingsError)
