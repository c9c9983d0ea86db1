"""``tickets …``: the ledger from the command line, in processes and in this one."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from actions.settings import ROOT
from actions.tickets.errors import Conflict, KeyMissing, MoveRefused, NotFound
from actions.tickets.moment import now
from actions.tickets.records import Report
from actions.tickets.states import load_states
from actions.tickets.steps import STEPS
from bot.cli import app
from bot.commands.errors import InputInvalid
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY, make_office

Run = Callable[..., Result]


@pytest.fixture
def number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ticket in an installation of the test's own."""
    for name, value in (("VAR_DIR", tmp_path), ("LEDGER_KEY", LEDGER_KEY), ("CONTACT_KEY", CONTACT_KEY)):
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    office = make_office(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", now)
    report = Report(problem="路灯坏了\n两盏", contact="13800001234", consent=True, session="web-1")
    receipt = office.reception.file(report, "k")
    office.close()
    return receipt.number


@pytest.fixture
def run(number: str) -> Run:
    def tickets(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["tickets", *arguments])

    return tickets


def test_every_move_of_the_house_can_be_made() -> None:
    moves = load_states().moves.values()
    house = {move.name for move in moves if {"operator", "supervisor"} & move.roles}
    # Settled and disputed by what a survey brought; looking at a contact is a command of its own.
    assert set(STEPS) == house - {"file", "settle", "dispute", "reveal"} | {"survey"}


def test_listing_and_showing(run: Run, number: str) -> None:
    listed = run("list").output
    assert number in listed
    assert "路灯坏了 两盏" in listed
    assert number in run("list", "--state", "已派单").output
    assert number not in run("list", "--state", "已办结").output
    assert number not in run("list", "--department", "").output
    assert number not in run("list", "--overdue").output
    shown = run("show", number)
    assert "state: 已派单" in shown.output
    assert "1. " in shown.output
    assert "assign → 已派单" in shown.output
    assert "13800001234" not in shown.output


def test_a_ticket_goes_its_way(run: Run, number: str) -> None:
    assert "办理中" in run("move", number, "start", "--as", "李岚").output
    assert (
        "延期申请"
        in run("move", number, "request_extension", "--as", "李岚", "--days", "2", "--words", "缺件").output
    )
    refused = run("move", number, "grant", "--as", "李岚")
    assert isinstance(refused.exception, MoveRefused)
    assert "办理中" in run("move", number, "grant", "--as", "周江", "--role", "supervisor").output
    assert "已办结" in run("move", number, "close", "--as", "李岚", "--words", "灯已换").output
    stale = run(
        "move", number, "reopen", "--as", "周江", "--role", "supervisor", "--words", "查", "--version", "2"
    )
    assert isinstance(stale.exception, Conflict)
    assert "李岚" in str(stale.exception)


def test_wrong_arguments_are_named(run: Run, number: str) -> None:
    assert isinstance(run("move", number, "explode", "--as", "李岚").exception, InputInvalid)
    assert isinstance(
        run("move", number, "start", "--as", "李岚", "--role", "resident").exception, InputInvalid
    )
    assert isinstance(run("move", number, "start", "--as", " ").exception, InputInvalid)
    assert isinstance(run("show", "HS-000000-00000").exception, NotFound)


def test_a_look_at_the_contact_stands_in_the_history(run: Run, number: str) -> None:
    assert run("contact", number, "--as", "李岚", "--reason", "回电核实").output.strip() == "13800001234"
    assert "回电核实" in run("show", number).output


def test_a_changed_key(run: Run, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_KEY", "new-contact-key-9876543210-zyxwvutsrqpo")
    monkeypatch.setenv("CONTACT_KEY_OLD", CONTACT_KEY)
    assert "2 项" in run("reseal").output
    monkeypatch.delenv("CONTACT_KEY_OLD")
    assert "13800001234" in run("contact", number, "--as", "李岚", "--reason", "回电").output


def test_a_changed_signing_key(run: Run, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_KEY", "another-ledger-key-9876543210-zyxwvutsr")
    monkeypatch.setenv("LEDGER_KEY_OLD", LEDGER_KEY)
    assert isinstance(run("list").exception, KeyMissing)
    assert "第 1–2 行已用旧密钥核验" in run("rotate-ledger-key", "--as", "李岚").output
    monkeypatch.delenv("LEDGER_KEY_OLD")
    assert "办理中" in run("move", number, "start", "--as", "李岚").output
    assert run("audit", "verify").exit_code == 0


def test_the_audit_names_what_was_touched(run: Run, number: str, tmp_path: Path) -> None:
    whole = run("audit", "verify")
    assert whole.exit_code == 0
    head = next(line for line in whole.output.splitlines() if line.startswith("2:"))
    assert run("audit", "verify", "--expect", head).exit_code == 0
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as raw:
        raw.execute("UPDATE history SET actor = '别人' WHERE position = 2")
    raw.close()
    touched = run("audit", "verify")
    assert touched.exit_code == 1
    assert "第 2 行" in touched.output


def test_as_a_process_errors_are_one_line(number: str) -> None:
    def tickets(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", "tickets", *arguments],
            cwd=ROOT,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            timeout=120,
        )

    assert number in tickets("list").stdout
    missing = tickets("show", "HS-000000-00000")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr.startswith("错误：没有找到")
    assert "Traceback" not in missing.stderr
