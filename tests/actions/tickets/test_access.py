"""How far guessing a query code gets: the limits of ``access.yml``, each one, and what they add up to."""

from __future__ import annotations

import pytest

from actions.tickets.access import Limit, limits
from actions.tickets.errors import NotFound, RulesUnusable, TooManyGuesses
from actions.tickets.numbers import CODE_DIGITS
from actions.tickets.office import Office
from actions.tickets.records import Receipt, Report
from tests.actions.tickets.ledger_parts import Hands


@pytest.fixture
def receipt(office: Office) -> Receipt:
    return office.reception.file(Report(problem="路灯坏了", session="web-1"), "k")


def guess(office: Office, receipt: Receipt, step: int, caller: str = "", number: str = "") -> bool:
    """Whether the wrong code was looked at at all."""
    code = f"{(int(receipt.code) + 1 + step) % 10**CODE_DIGITS:06d}"
    try:
        office.reception.look_up(number or receipt.number, code=code, session=caller)
    except NotFound:
        return True
    except TooManyGuesses:
        return False
    raise AssertionError("a wrong code opened it")


def test_patience_does_not_help(office: Office, receipt: Receipt, hands: Hands) -> None:
    """Five an hour for a month would be 3600 tries; there are twenty."""
    looked = 0
    for step in range(60):
        looked += guess(office, receipt, step)
        hands.move(minutes=13)
    assert looked == 20
    with pytest.raises(TooManyGuesses, match="30 天"):
        office.reception.look_up(receipt.number, code=receipt.code)
    assert office.reception.look_up(receipt.number, session="web-1").number == receipt.number
    hands.move(days=31)
    assert office.reception.look_up(receipt.number, code=receipt.code).number == receipt.number


def test_one_caller_cannot_go_from_number_to_number(office: Office, receipt: Receipt) -> None:
    numbers = [f"HS-261123-{step:05d}" for step in range(30)]
    looked = [guess(office, receipt, i, "web-9", number) for i, number in enumerate(numbers)]
    assert sum(looked) == 10
    assert guess(office, receipt, 0, "web-8", numbers[29])


def test_many_callers_together_are_slowed_down(office: Office, receipt: Receipt, hands: Hands) -> None:
    most = next(limit.wrong for limit in limits() if limit.of == "all")
    numbers = [f"HS-261122-{step:05d}" for step in range(most + 5)]
    looked = [guess(office, receipt, 0, f"web-{i}x", number) for i, number in enumerate(numbers)]
    assert sum(looked) == most
    hands.move(minutes=61)
    assert guess(office, receipt, 0, "web-late", numbers[0])


def test_what_a_patient_guesser_may_hope_for() -> None:
    """The figures of ADR 17: for one number a year, and for somebody who knows no number."""
    by = {(limit.of, limit.hours): limit.wrong for limit in limits()}
    tries = by["number", 720] * 365 / 30
    assert tries / 10**CODE_DIGITS < 2.5e-4
    blind = by["all", 1] * 24 * 365 * (300 / 100_000) / 10**CODE_DIGITS  # 300 tickets a day
    assert blind < 0.015


@pytest.mark.parametrize("wrong", [{"of": "moon"}, {"wrong": 0}, {"hours": 0}])
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RulesUnusable, match=r"access\.yml"):
        Limit(**{"of": "all", "wrong": 1, "hours": 1, **wrong})  # type: ignore[arg-type]
