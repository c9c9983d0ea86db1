"""Encryption at rest: bound to its ticket, under keys that can be changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.tickets.errors import KeyMissing
from actions.tickets.sealing import Sealer, key_id

OLD = "old-contact-key-0123456789-abcdefghijkl"
NEW = "new-contact-key-9876543210-zyxwvutsrqpo"


@given(st.text(max_size=60), st.text(max_size=30))
def test_what_is_sealed_can_be_opened_and_not_read(text: str, bound: str) -> None:
    sealer = Sealer([OLD])
    sealed = sealer.seal(text, bound)
    assert sealer.open(sealed, bound) == text
    assert len(text) < 4 or text not in sealed


def test_the_same_number_twice_looks_different() -> None:
    sealer = Sealer([OLD])
    assert sealer.seal("13800001234", "a") != sealer.seal("13800001234", "a")


def test_it_opens_for_its_own_ticket_only() -> None:
    sealer = Sealer([OLD])
    with pytest.raises(KeyMissing, match="属于别的工单"):
        sealer.open(sealer.seal("13800001234", "HS-1"), "HS-2")


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_a_changed_letter_is_noticed(place: float) -> None:
    sealer = Sealer([OLD])
    sealed = sealer.seal("13800001234", "a")
    at = len(sealer.current) + 1 + int(place * (len(sealed) - len(sealer.current) - 2))
    other = "A" if sealed[at] != "A" else "B"
    with pytest.raises(KeyMissing):
        sealer.open(sealed[:at] + other + sealed[at + 1 :], "a")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    sealed = Sealer([OLD]).seal("13800001234", "a")
    both = Sealer([NEW, OLD])
    assert both.open(sealed, "a") == "13800001234"
    assert both.seal("x", "a").startswith(key_id(NEW))
    with pytest.raises(KeyMissing, match="CONTACT_KEY_OLD"):
        Sealer([NEW]).open(sealed, "a")


def test_no_key_no_sealer() -> None:
    with pytest.raises(KeyMissing, match="CONTACT_KEY"):
        Sealer(["", ""])


def test_rubbish_is_refused() -> None:
    sealer = Sealer([OLD])
    for rubbish in ("", ".", "abc", f"{sealer.current}.", f"{sealer.current}.@@@@", f"{sealer.current}.é"):
        with pytest.raises(KeyMissing):
            sealer.open(rubbish, "a")
