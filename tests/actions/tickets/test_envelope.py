"""What a message says of somebody's number cannot be read in the ledger, and arrives as it was typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from actions.tickets.envelope import Envelope, reseal
from actions.tickets.errors import KeyMissing
from actions.tickets.mailbox import Mailbox
from actions.tickets.outbox import Draft, Outbox, Pace, Quiet
from actions.tickets.sealing import Sealer
from actions.tickets.store import Store, open_store
from actions.tickets.tables import outbox
from tests.actions.tickets.ledger_parts import Hands

OLD, NEW = (
    Sealer(["old-key-for-tests-0123456789-abcdefgh"]),
    Sealer(["new-key-for-tests-0123456789-abcdefgh"]),
)
BOTH = Sealer(["new-key-for-tests-0123456789-abcdefgh", "old-key-for-tests-0123456789-abcdefgh"])
TELLS = {"text": "请打幺三八 0000 1234 找网格员"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")


def put(store: Store, body: dict[str, Any], sealer: Sealer, dedup: str = "said:a:1") -> None:
    made = Outbox(Hands(), Quiet.parse(""), Pace.load(), Envelope(sealer))
    with store.writing() as connection:
        made.put(connection, Draft("operator", "web", "s", body, dedup))


def kept(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.scalars(select(outbox.c.body).order_by(outbox.c.id)))


def read(store: Store, sealer: Sealer | None) -> list[dict[str, Any]]:
    envelope = Envelope(sealer) if sealer else None
    return [letter.body for letter in Mailbox(store, Hands(), envelope).fetch("web", "s")]


def test_it_lies_there_sealed_and_is_read_as_typed(store: Store) -> None:
    put(store, TELLS, OLD)
    put(store, {"text": "已经在路上了"}, OLD, "said:a:2")
    sealed, open_ = kept(store)
    assert "0000" not in sealed
    assert "在路上" in open_
    assert read(store, OLD) == [TELLS, {"text": "已经在路上了"}]


def test_a_copied_body_does_not_open_in_another_place(store: Store) -> None:
    put(store, TELLS, OLD)
    with store.writing() as connection:
        row = connection.execute(select(outbox)).one()._asdict()
        connection.execute(insert(outbox), {**row, "id": row["id"] + 1, "dedup": "said:b:1"})
    assert read(store, OLD)[0] == TELLS
    assert "打不开" in read(store, OLD)[1]["text"]


@pytest.mark.parametrize("sealer", [NEW, None])
def test_without_its_key_a_sentence_says_so_and_nothing_breaks(store: Store, sealer: Sealer | None) -> None:
    put(store, TELLS, OLD)
    (body,) = read(store, sealer)
    assert "81890" in body["text"]


def test_a_change_of_keys_takes_the_messages_along(store: Store) -> None:
    for number in range(3):
        put(store, TELLS, OLD, f"said:a:{number}")
    with store.writing() as connection, pytest.raises(KeyMissing):
        reseal(connection, NEW, 10)
    with store.writing() as connection:
        assert [reseal(connection, BOTH, 2) for _ in range(3)] == [2, 1, 0]
    assert read(store, NEW) == [TELLS] * 3
