"""The ledger as ``actions.bootstrap`` wires it: whoever opens it, news is written and deadlines are counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from actions.bootstrap import build_aftercare, build_encoder, build_office
from actions.settings import Settings, load_settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.records import Report
from tests.actions.tickets.hotline_parts import DESK
from tests.actions.tickets.ledger_parts import CHIEF, CONTACT_KEY, LEDGER_KEY, WANG


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    changes = {
        "var_dir": tmp_path,
        "model_dir": load_settings().models_path(),
        "database_url": "",
        "ledger_key": SecretStr(LEDGER_KEY),
        "contact_key": SecretStr(CONTACT_KEY),
    }
    return load_settings().model_copy(update=changes)


@pytest.fixture
def care(settings: Settings) -> Iterator[Aftercare]:
    encoder = build_encoder(settings)
    office = build_office(settings, encoder)
    yield build_aftercare(settings, office, encoder)
    office.close()


def test_a_report_goes_to_its_department_and_its_news_to_who_asked(care: Aftercare) -> None:
    care.subscriptions.subscribe("web", "reader", "路灯", "望春")
    report = Report(problem="弄堂口的路灯不亮了", place="望春街道", session="web-1")
    receipt = care.office.reception.file(report, "k")
    assert (receipt.category, receipt.department) == ("路灯", "区综合行政执法局")
    care.office.casework.start(receipt.number, 2, WANG)
    assert [letter.kind for letter in care.mailbox.fetch("web", "web-1")] == ["start"]
    assert [letter.kind for letter in care.mailbox.fetch("web", "reader")] == ["topic"]
    assert [letter.kind for letter in care.mailbox.fetch("console", receipt.department)] == ["assign"]
    again = care.office.reception.file(report, "k2")
    assert care.duplicates is not None
    (twin,) = care.duplicates.of(care.office.register.get(again.number))
    assert twin.number == receipt.number
    assert care.round().fired == ()
    assert care.figures.compute().total.reports == 2


def test_a_call_back_is_the_desks(care: Aftercare) -> None:
    receipt = care.office.reception.file(Report(problem="请回电", callback=True, session="web-1"), "k")
    assert receipt.department == DESK
    ticket = care.office.register.get(receipt.number)
    care.office.casework.close(ticket.number, ticket.version, CHIEF, "已回电")
    assert len(care.mailbox.fetch("web", "web-1")) == 1


@pytest.mark.parametrize("hours", ["20:30", "25:00-08:00", "abends", "20:30 - 08:00"])
def test_quiet_hours_that_make_no_sense_are_refused_at_the_start(hours: str) -> None:
    with pytest.raises(ValidationError, match="20:30-08:00"):
        Settings(_env_file=None, quiet_hours=hours)
