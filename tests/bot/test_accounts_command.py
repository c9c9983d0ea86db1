"""``accounts …``: the first administrator from the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.commands.errors import NothingFound
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("VAR_DIR", tmp_path), ("LEDGER_KEY", LEDGER_KEY), ("CONTACT_KEY", CONTACT_KEY)):
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["accounts", *arguments], input=typed)


def test_the_first_administrator_and_what_follows() -> None:
    made = run("add-admin", "heguan", "--name", "何管")
    assert made.exit_code == 0, made.output
    assert re.search(r"：\w{4}-\w{4}-\w{4}-\w{4}\n", made.output)
    assert "要改密码" in run("list").output
    assert "没有管理员" in str(run("disable", "heguan").exception)
    typed = run("add-admin", "zhou", "--name", "周江", "--type", typed="lang-und-gut-88\nlang-und-gut-88\n")
    assert typed.exit_code == 0
    assert "lang-und-gut-88" not in typed.output
    assert "已停用" in run("disable", "heguan").output
    assert "停用" in run("list").output
    assert "已启用" in run("enable", "heguan").output
    assert "密码" in run("reset", "heguan").output
    assert "已取消" in run("code-reset", "heguan").output
    assert isinstance(run("reset", "nobody").exception, NothingFound)
    assert CliRunner().invoke(app, ["tickets", "audit", "verify"]).exit_code == 0
