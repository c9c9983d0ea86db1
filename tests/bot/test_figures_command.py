"""``tickets figures`` and ``tickets similar`` on a ledger of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from actions.settings import load_settings
from actions.tickets.moment import now
from actions.tickets.records import Report
from bot.cli import app
from bot.commands.errors import InputInvalid
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY, make_office

ROAD = "区综合行政执法局"
Run = Callable[..., Result]


@pytest.fixture
def numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two reports of one lamp, and a puzzle."""
    models = load_settings().models_path()
    values = {"VAR_DIR": tmp_path, "MODEL_DIR": models, "LEDGER_KEY": LEDGER_KEY, "CONTACT_KEY": CONTACT_KEY}
    for name, value in values.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    office = make_office(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", now)
    reports = [("路灯坏了", "春城花园南门"), ("南门的路灯不亮", "春城花园"), ("说不清", "春城花园")]
    filed = [office.reception.file(Report(problem=p, place=w), p).number for p, w in reports]
    office.close()
    return filed


@pytest.fixture
def run(numbers: list[str]) -> Run:
    return lambda *arguments: CliRunner().invoke(app, ["tickets", *arguments])


def test_the_table_names_departments_and_the_total(run: Run) -> None:
    output = run("figures").output
    assert [ROAD in output, "待分派" in output, "全部" in output] == [True] * 3


def test_the_json_is_nothing_but_json(run: Run) -> None:
    data = json.loads(run("figures", "--json").stdout)
    assert data["total"]["reports"] == 3
    tomorrow = f"{now() + timedelta(days=1):%Y-%m-%d}"
    assert json.loads(run("figures", "--json", "--since", tomorrow).stdout)["total"]["reports"] == 0


def test_a_date_that_is_none(run: Run) -> None:
    assert isinstance(run("figures", "--since", "gestern").exception, InputInvalid)


def test_what_may_be_one_matter(run: Run, numbers: list[str]) -> None:
    assert numbers[1] in run("similar", numbers[0]).output
    assert run("similar", numbers[2]).output.strip() == "没有相近的在办工单"
