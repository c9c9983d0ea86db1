"""What was promised to be deleted is deleted on its day, not before, and every deletion can be read in the history."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import func, insert, select

from actions.tickets.errors import Conflict, NotFound, ReportInvalid, TooManyGuesses
from actions.tickets.office import Office
from actions.tickets.records import Report
from actions.tickets.retention import Periods, Retention
from actions.tickets.tables import contacts, outbox
from tests.actions.tickets.ledger_parts import CHIEF, LI, Hands, make_office

PHONE = "13800001234"
DAYS = Periods.load().contact_days


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def office(tmp_path: Path, hands: Hands) -> Office:
    return make_office(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", hands)


@pytest.fixture
def retention(office: Office) -> Retention:
    return Retention(office.book, Periods.load())


def file(office: Office, key: str = "k", contact: str = PHONE) -> str:
    report = Report(
        problem="路灯不亮",
        place="甲路",
        contact=contact,
        consent=bool(contact),
        session="web-1",
        channel="web",
    )
    return office.reception.file(report, key).number


def end(office: Office, number: str, step: str = "close") -> None:
    version = office.register.get(number).version
    getattr(office.casework, step)(number, version, LI, "修好了")


def held(office: Office) -> int:
    with office.store.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(contacts)) or 0)


def moves(office: Office, number: str) -> list[tuple[str, str, str]]:
    events = office.register.events(office.register.get(number))
    return [(e.actor, e.role, e.details["reason"]) for e in events if e.move == "drop_contact"]


@pytest.mark.parametrize("step", ["close", "refuse"])
def test_a_number_goes_ninety_days_after_the_ticket_was_closed(
    office: Office, retention: Retention, hands: Hands, step: str
) -> None:
    number, other = file(office), file(office, "open")
    end(office, number, step)
    hands.move(days=DAYS, seconds=-1)
    retention.round()
    assert held(office) == 2
    hands.move(seconds=2)
    retention.round()
    retention.round()
    assert office.contacts.numbers_with([number, other]) == {other}
    assert moves(office, number) == [("system", "system", f"结案满 {DAYS:g} 天")]
    assert office.audit.verify().findings == ()


def test_what_is_done_to_a_closed_ticket_does_not_put_it_off(
    office: Office, retention: Retention, hands: Hands
) -> None:
    number = file(office)
    end(office, number)
    hands.move(days=DAYS - 1)
    office.contacts.reveal(number, LI, "回访")
    hands.move(days=2)
    retention.round()
    assert held(office) == 0


def test_one_that_was_reopened_counts_from_its_next_closing(
    office: Office, retention: Retention, hands: Hands
) -> None:
    number = file(office)
    end(office, number)
    hands.move(days=DAYS - 1)
    office.casework.reopen(number, office.register.get(number).version, CHIEF, "又坏了")
    hands.move(days=DAYS)
    retention.round()
    assert held(office) == 1
    end(office, number)
    hands.move(days=DAYS + 1)
    retention.round()
    assert held(office) == 0


def test_a_withdrawn_one_counts_from_its_withdrawal(
    office: Office, retention: Retention, hands: Hands
) -> None:
    number = file(office)
    office.reception.withdraw(number, "w", session="web-1")
    hands.move(days=DAYS + 1)
    retention.round()
    assert held(office) == 0


def test_a_clock_that_goes_back_a_day_and_forth_deletes_nothing_early_and_nothing_twice(
    office: Office, retention: Retention, hands: Hands
) -> None:
    number = file(office)
    end(office, number)
    hands.move(days=DAYS)
    for by in (-1, 0.5, -0.5, 1):
        hands.move(days=by)
        retention.round()
    assert held(office) == 1
    for by in (1, -1, 1):
        hands.move(days=by)
        retention.round()
    assert held(office) == 0
    assert len(moves(office, number)) == 1


def test_more_than_a_batch_goes_in_as_many_rounds(office: Office, hands: Hands) -> None:
    for key in range(5):
        end(office, file(office, str(key)))
    hands.move(days=DAYS + 1)
    retention = Retention(office.book, Periods.load().model_copy(update={"batch": 2}))
    left = []
    for _ in range(3):
        retention.round()
        left.append(held(office))
    assert left == [3, 1, 0]


def test_a_delivered_message_loses_its_words_and_stays_known(
    office: Office, retention: Retention, hands: Hands
) -> None:
    at = hands.at
    row = {"channel": "web", "session": "web-1", "kind": "close", "created": at, "due_at": at, "attempts": 1}
    with office.store.writing() as connection:
        for dedup, delivered in (("old", at), ("waits", None), ("young", at + timedelta(days=5))):
            words = {"body": '{"text": "甲路"}', "dedup": dedup, "delivered_at": delivered}
            connection.execute(insert(outbox), {**row, **words})
    hands.move(days=Periods.load().delivered_days + 1)
    retention.round()
    with office.store.reading() as connection:
        bodies = {row.dedup: row.body for row in connection.execute(select(outbox))}
    assert bodies == {"old": "{}", "waits": '{"text": "甲路"}', "young": '{"text": "甲路"}'}


def test_the_reporter_deletes_the_number_by_session_or_by_code(office: Office) -> None:
    report = Report(problem="路灯不亮", place="甲路", contact=PHONE, consent=True, session="web-1")
    receipt = office.reception.file(report, "k")
    with pytest.raises(NotFound):
        office.reception.drop_contact(receipt.number, session="web-2")
    with pytest.raises(NotFound):
        office.reception.drop_contact(receipt.number, code="000000" if receipt.code != "000000" else "1")
    assert held(office) == 1
    assert office.reception.drop_contact(receipt.number, code=receipt.code) is True
    assert office.reception.drop_contact(receipt.number, session="web-1") is False
    assert held(office) == 0
    assert moves(office, receipt.number) == [("resident", "resident", "居民撤回同意")]
    assert office.contacts.reveal(receipt.number, LI, "看看") == ""
    assert office.audit.verify().findings == ()


def test_codes_cannot_be_tried_out_here_either(office: Office) -> None:
    number = file(office)
    heard = set()
    for guess in range(30):
        with pytest.raises((NotFound, TooManyGuesses)) as told:
            office.reception.drop_contact(number, code=f"9{guess:05d}")
        heard.add(told.type)
    assert heard == {NotFound, TooManyGuesses}
    assert held(office) == 1


def test_the_house_deletes_it_with_a_reason_and_only_where_there_is_one(office: Office) -> None:
    number = file(office)
    seen = office.register.get(number).version
    with pytest.raises(ReportInvalid, match="reason"):
        office.casework.drop_contact(number, seen, LI, " ")
    office.casework.drop_contact(number, seen, LI, "本人来电，核对过单号")
    with pytest.raises(Conflict):
        office.casework.drop_contact(number, seen, LI, "本人来电")
    with pytest.raises(ReportInvalid, match="没有留联系电话"):
        office.casework.drop_contact(number, seen + 1, LI, "本人来电")
    assert held(office) == 0
    assert moves(office, number) == [(LI.name, "operator", "本人来电，核对过单号")]


def test_words_of_the_house_and_of_the_reporter_keep_no_number(office: Office) -> None:
    number = file(office)
    seen = office.register.get(number).version
    office.casework.note(number, seen, LI, f"打过{PHONE}，没人接")
    office.casework.ask_back(number, seen + 1, LI, "哪一盏")
    office.reception.supply(number, "第三盏，打幺三八，0000，1234", "s", session="web-1")
    end(office, number)
    office.reception.rate(number, "满意", f"谢谢，我是{PHONE}", "r", session="web-1")
    said = [str(event.details) for event in office.register.events(office.register.get(number))]
    assert sum("〔手机号〕" in details for details in said) == 3, said
    assert not any("1234" in details for details in said)


@pytest.mark.parametrize("name", ["contact_days", "delivered_days", "batch"])
def test_periods_that_make_no_sense_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Periods(**{**Periods.load().model_dump(), name: 0})
