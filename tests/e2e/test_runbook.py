"""A new operator with an archive and the runbook: the commands of docs/runbooks/restore.md, run on a wiped machine.

The machine is a folder with the repository's files and nothing else. It shares the cache of environments and the trained
models with this one, as it would share a package mirror; index, secrets, ledger and processes are its own.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from actions.settings import ROOT, load_settings
from tests.actions.backup.parts import CANARY, everything, live
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY

RUNBOOK = ROOT / "docs" / "runbooks" / "restore.md"
SECONDS = 400
_MARKED = re.compile(r"run by tests/e2e/test_runbook\.py.*?```sh\n(.*?)```", re.S)


def commands() -> list[str]:
    """The block that is marked, one command a line."""
    (block,) = _MARKED.findall(RUNBOOK.read_text("utf-8"))
    return [line for line in block.splitlines() if line.strip()]


def bare_environment() -> dict[str, str]:
    """What a login shell has: none of this run's settings."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}


def wiped_machine(folder: Path) -> Path:
    """The repository's files as git knows them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def quiet_ports(count: int) -> list[int]:
    """Free ports that the system gives nobody by itself: half a minute passes before they are used."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)):
                found.append(port)
    return found


@pytest.fixture
def archive(tmp_path: Path) -> tuple[Path, str, dict[str, str]]:
    """An archive with its keys in it, the line noted when it was taken, and what it takes to open it."""
    old = tmp_path / "old"
    url = f"sqlite:///{old / 'ledger.sqlite3'}"
    live(url)
    passphrase = {"BACKUP_PASSPHRASE": "lanterns under the bridge"}
    environ = bare_environment() | passphrase
    environ |= {"INDEX_DIR": str(load_settings().index_path())}
    environ |= {"VAR_DIR": str(old), "LEDGER_KEY": LEDGER_KEY, "CONTACT_KEY": CONTACT_KEY}
    out = tmp_path / "today.tar.gz"
    command = [sys.executable, "-m", "bot.cli", "backup", "take", str(out), "--with-keys"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    before = everything(url)
    shutil.rmtree(old)
    assert len(before["tickets"]) == 6
    return out, done.stdout.split()[-1], passphrase


@pytest.mark.e2e
@pytest.mark.slow
def test_the_runbook_alone_brings_a_wiped_machine_back(archive, tmp_path: Path) -> None:
    path, noted, passphrase = archive
    machine = wiped_machine(tmp_path / "machine")
    shared = load_settings()
    gateway, service, rasa, valkey = quiet_ports(4)
    environ = bare_environment() | passphrase
    environ |= {"ARCHIVE": str(path), "NOTED": noted, "GATEWAY_PORT": str(gateway)}
    environ |= {"SERVICE_PORT": str(service), "RASA_PORT": str(rasa), "VALKEY_PORT": str(valkey)}
    environ |= {"MODEL_DIR": str(shared.models_path()), "RASA_MODEL_DIR": str(shared.rasa_model_path())}

    def run(command: str) -> str:
        shell = ["bash", "-euo", "pipefail", "-c", command]
        done = subprocess.run(
            shell,
            cwd=machine,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        log = machine / "var" / "log" / "supervisor.log"
        why = log.read_text("utf-8")[-3000:] if done.returncode and log.exists() else ""
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}\n{why}"
        return done.stdout

    try:
        said = {command: run(command) for command in commands()}
    finally:
        down = subprocess.run(
            ["make", "down"], cwd=machine, env=environ, capture_output=True, timeout=SECONDS
        )
    assert down.returncode == 0
    words = list(said.values())
    assert "已恢复 6 张工单" in words[0]
    assert noted in words[0]
    assert noted in words[3]
    assert '"ready":true' in words[4]
    assert "273" in words[5]
    assert CANARY not in "".join(words)
    assert f"LEDGER_KEY={LEDGER_KEY}" in (machine / "var" / "secrets.env").read_text()
