"""Changing LEDGER_KEY: nothing before it can be changed unseen, with or without the old key; nothing after it is signed with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from actions.accounts.acts import SYSTEM, Acts
from actions.tickets.audit import Audit
from actions.tickets.chain import Chain
from actions.tickets.errors import KeyMissing, LedgerUnusable
from actions.tickets.office import Office
from actions.tickets.records import Report
from actions.tickets.rotation import Rotation
from actions.tickets.store import Store
from tests.actions.tickets.ledger_parts import LEDGER_KEY, LI, Hands, make_office

NEW = "another-ledger-key-9876543210-zyxwvutsr"
THIRD = "third-ledger-key-5555544444-qwertyuiop"
LAMP = Report(problem="路灯坏了", session="web-1")


def rotated(store: Store, new: str = NEW, old: str = LEDGER_KEY, **how: bool) -> Rotation:
    rotation = Rotation(store, Chain(new, old), Hands())
    rotation.rotate("李岚", **how)
    return rotation


def found(store: Store, key: str = NEW, old: str = "") -> list[str]:
    return [str(finding) for finding in Audit(store, Chain(key, old)).verify().findings]


@pytest.fixture
def used(office: Office) -> Office:
    for i in range(3):
        number = office.reception.file(LAMP, f"k{i}").number
        office.casework.start(number, 2, LI)
    return office


def with_key(office: Office, key: str, old: str = "") -> Office:
    """An office on the same database as a restarted process has it."""
    return make_office(office.store, chain=Chain(key, old))


def test_the_history_goes_on_under_the_new_key(used: Office) -> None:
    before = used.audit.verify()
    rotated(used.store)
    later = with_key(used, NEW, LEDGER_KEY)
    number = later.reception.file(LAMP, "after").number
    later.casework.close(number, 2, LI, "好了")
    assert found(used.store) == []  # the old key is needed by nobody
    assert found(used.store, NEW, LEDGER_KEY) == []
    noted = f"{before.length}:{before.head}"
    assert later.audit.verify(noted).findings == ()
    assert found(used.store, LEDGER_KEY) != []


def test_a_key_can_be_changed_again(used: Office) -> None:
    rotated(used.store)
    with_key(used, NEW).reception.file(LAMP, "between")
    rotated(used.store, THIRD, NEW)
    with_key(used, THIRD).reception.file(LAMP, "after")
    assert found(used.store, THIRD) == []
    with used.store.writing() as connection:
        connection.execute(text("UPDATE seals SET actor = '别人' WHERE position = 9"))
    assert any("封存" in what for what in found(used.store, THIRD))


def test_a_process_with_the_old_key_writes_nothing_more(used: Office) -> None:
    rotated(used.store)
    with pytest.raises(KeyMissing, match="换成新的并重启"):
        used.reception.file(LAMP, "late")
    assert found(used.store) == []


def test_a_repeated_request_is_known_while_the_old_key_is_there(used: Office) -> None:
    first = used.reception.file(LAMP, "k0")
    rotated(used.store)
    assert with_key(used, NEW, LEDGER_KEY).reception.file(LAMP, "k0") == first


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET actor = '别人' WHERE position = 4",
        "UPDATE history SET details = '{}' WHERE position = 1",
        "DELETE FROM history WHERE position = 2",
        "UPDATE seals SET head = 'x'",
        "UPDATE seals SET digest = 'x'",
        "UPDATE seals SET verified = NOT verified",
        "UPDATE seals SET at = '昨天'",
        "DELETE FROM seals",
        "UPDATE anchors SET length = 3",
    ],
)
@pytest.mark.parametrize("old", ["", LEDGER_KEY])
def test_what_was_sealed_cannot_be_changed_unseen(used: Office, statement: str, old: str) -> None:
    rotated(used.store)
    with_key(used, NEW).reception.file(LAMP, "after")
    with used.store.writing() as connection:
        connection.execute(text(statement))
    assert found(used.store, NEW, old)


def test_who_has_the_old_key_forges_nothing_unseen(used: Office) -> None:
    """The reason for the change, often enough, is that somebody else has it."""
    rotated(used.store)
    thief = Chain(LEDGER_KEY)
    with used.store.writing() as connection:
        row = connection.execute(text("SELECT * FROM history WHERE position = 9")).one()
        forged = thief.blind("row", str(row))
        connection.execute(
            text("UPDATE history SET hash = :h, actor = '别人' WHERE position = 9"), {"h": forged}
        )
        connection.execute(text("UPDATE seals SET head = :h"), {"h": forged})
    assert found(used.store)


def test_with_the_old_key_the_row_is_named(used: Office) -> None:
    rotated(used.store)
    with used.store.writing() as connection:
        connection.execute(text("UPDATE history SET actor = '别人' WHERE position = 4"))
    assert any(what.startswith("第 4 行") for what in found(used.store, NEW, LEDGER_KEY))


def test_a_history_that_was_touched_is_not_sealed(used: Office) -> None:
    with used.store.writing() as connection:
        connection.execute(text("UPDATE history SET actor = '别人' WHERE position = 4"))
    with pytest.raises(LedgerUnusable, match="第 4 行"):
        rotated(used.store)
    with used.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM seals")).scalar() == 0


def test_a_lost_key_is_said_to_be_lost(used: Office) -> None:
    with pytest.raises(KeyMissing, match="LEDGER_KEY_OLD"):
        Rotation(used.store, Chain(NEW), Hands()).rotate("李岚")
    seal = Rotation(used.store, Chain(NEW), Hands()).rotate("李岚", lost=True)
    assert (seal.verified, seal.key_old) == (False, "")
    assert found(used.store) == []


def test_a_key_in_use_is_not_changed_for_itself(used: Office) -> None:
    with pytest.raises(KeyMissing, match="没有要换的"):
        Rotation(used.store, Chain(LEDGER_KEY, NEW), Hands()).rotate("李岚")
    rotation = rotated(used.store)
    with pytest.raises(KeyMissing, match="没有要换的"):
        rotation.rotate("李岚")


def test_a_process_with_a_new_key_does_not_start_before_the_seal(used: Office) -> None:
    rotation = Rotation(used.store, Chain(NEW, LEDGER_KEY), Hands())
    with pytest.raises(KeyMissing, match="rotate-ledger-key"):
        rotation.check()
    rotation.rotate("李岚")
    rotation.check()


def test_a_key_that_fits_nothing_is_told_in_the_log(used: Office, caplog: pytest.LogCaptureFixture) -> None:
    Rotation(used.store, Chain(LEDGER_KEY), Hands()).check()
    assert caplog.text == ""
    Rotation(used.store, Chain(NEW), Hands()).check()
    assert "audit verify" in caplog.text


def test_an_empty_ledger_needs_no_seal(open_desk: Callable[..., Office]) -> None:
    office = open_desk()
    Rotation(office.store, Chain(NEW, LEDGER_KEY), Hands()).check()
    rotated(office.store)
    with_key(office, NEW).reception.file(LAMP, "first")
    assert found(office.store) == []


def test_the_record_of_acts_is_carried_over(used: Office) -> None:
    old, new = (Acts(used.store, chain, Hands()) for chain in (Chain(LEDGER_KEY), Chain(NEW, LEDGER_KEY)))
    for rows in range(3):
        old.write(SYSTEM, "tickets_exported", "tickets", {"rows": rows})
    Rotation(used.store, Chain(NEW, LEDGER_KEY), Hands(), [new.carry_over]).rotate("李岚")
    alone = Acts(used.store, Chain(NEW), Hands())
    assert (alone.verify().findings, alone.verify().length) == ((), 3)
    with pytest.raises(KeyMissing, match="换成新的并重启"):
        old.write(SYSTEM, "tickets_exported", "tickets", {"rows": 3})
    alone.write(SYSTEM, "tickets_exported", "tickets", {"rows": 3})
    assert [act.details for act in alone.newest(4)] == [f'{{"rows": {rows}}}' for rows in (3, 2, 1, 0)]
    assert alone.verify().findings == ()


def test_acts_that_were_touched_stop_the_whole_change(used: Office) -> None:
    old, new = (Acts(used.store, chain, Hands()) for chain in (Chain(LEDGER_KEY), Chain(NEW, LEDGER_KEY)))
    old.write(SYSTEM, "tickets_exported", "tickets", {"rows": 1})
    with used.store.writing() as connection:
        connection.execute(text("UPDATE acts SET name = '别人'"))
    with pytest.raises(LedgerUnusable, match="操作记录"):
        Rotation(used.store, Chain(NEW, LEDGER_KEY), Hands(), [new.carry_over]).rotate("李岚")
    assert used.audit.verify().findings == ()
