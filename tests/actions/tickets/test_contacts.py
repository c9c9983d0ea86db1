"""Changing CONTACT_KEY: old numbers stay readable until they are sealed anew, and then need the new key only."""

from __future__ import annotations

import pytest

from actions.tickets.access import Access
from actions.tickets.contacts import Contacts
from actions.tickets.errors import KeyMissing
from actions.tickets.office import Office
from actions.tickets.records import Report
from actions.tickets.sealing import Sealer
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LI

NEW = "new-contact-key-9876543210-zyxwvutsrqpo"


def file(office: Office, contact: str, key: str) -> str:
    report = Report(problem="路灯坏了", contact=contact, consent=True)
    return office.reception.file(report, key).number


def test_a_key_is_changed(office: Office) -> None:
    numbers = [file(office, f"1380000{i:04d}", f"k{i}") for i in range(3)]
    receipt = office.reception.file(Report(problem="路灯坏了"), "k3")
    both = Contacts(office.book, Sealer([NEW, CONTACT_KEY]))
    assert both.left() == 3 + 4  # contacts and codes
    assert both.reveal(numbers[1], LI, "回电") == "13800000001"
    assert both.reseal() == 7
    assert (both.left(), both.reseal()) == (0, 0)
    new = Contacts(office.book, Sealer([NEW]))
    assert [new.reveal(number, LI, "回电") for number in numbers] == [f"1380000{i:04d}" for i in range(3)]
    access = Access(office.store, Sealer([NEW]), office.book.clock)
    assert access.find(receipt.number, receipt.code).number == receipt.number
    assert office.audit.verify().findings == ()


def test_without_the_old_key_nothing_is_half_done(office: Office) -> None:
    file(office, "13800000001", "k")
    stranger = Contacts(office.book, Sealer([NEW]))
    with pytest.raises(KeyMissing, match="CONTACT_KEY_OLD"):
        stranger.reseal()
    assert stranger.left() == 2


def test_a_number_copied_to_another_ticket_does_not_open(office: Office) -> None:
    first, second = file(office, "13800000001", "k1"), file(office, "13800000002", "k2")
    with office.store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE contacts SET sealed = (SELECT sealed FROM contacts WHERE ticket_id = 1) WHERE ticket_id = 2"
        )
    assert office.contacts.reveal(first, LI, "回电") == "13800000001"
    with pytest.raises(KeyMissing, match="别的工单"):
        office.contacts.reveal(second, LI, "回电")
    assert office.register.get(second).version == 2


def test_no_contact_is_an_empty_one(office: Office) -> None:
    number = office.reception.file(Report(problem="路灯坏了"), "k").number
    assert office.contacts.reveal(number, LI, "回电") == ""
