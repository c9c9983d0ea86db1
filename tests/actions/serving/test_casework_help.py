"""What might help with a ticket: other tickets of one matter, and what the classifier thought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from actions.bootstrap import build_encoder
from actions.serving.parts import Parts
from actions.settings import load_settings
from actions.tickets.duplicates import Duplicates, Thresholds
from actions.tickets.records import Report
from tests.actions.tickets.ledger_parts import Hands
from tests.desk_parts import Desk, desk

PLACE = "望春街道春城花园南门"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("help")
    hands, encoder = Hands(), build_encoder(load_settings())

    def with_duplicates(parts: Parts) -> Parts:
        assert parts.care
        found = Duplicates(parts.care.office.store, encoder, Thresholds.load(), hands)
        return replace(parts, care=replace(parts.care, duplicates=found))

    with desk(folder, hands, change=with_duplicates) as started:
        yield started


@pytest.fixture(scope="module")
def numbers(running: Desk) -> list[str]:
    """Two of one lamp, and one of something else."""
    file = running.care.office.reception.file
    told = ("大门口那盏路灯坏了", "大门口的路灯不亮了", "路灯太亮照得睡不着，建议换暗一点的")
    places = (PLACE, PLACE, "鄞江镇")
    return [file(Report(problem=p, place=w), p).number for p, w in zip(told, places, strict=True)]


def test_the_other_ticket_of_the_same_lamp_is_suggested(running: Desk, numbers: list[str]) -> None:
    first, second, _ = numbers
    found = running.of_service("operator").get(f"/casework/tickets/{first}").json()
    (other,) = found["duplicates"]
    assert (other["number"], other["place"]) == (second, PLACE)
    assert found["suggestion"]["sure"] is True
    assert found["suggestion"]["department"] == "区综合行政执法局"


def test_the_page_offers_to_merge_and_then_no_more(running: Desk, numbers: list[str]) -> None:
    first, second, _ = numbers
    client = running.signed_in("operator")
    assert f"并入 {second}" in client.get(f"/desk/tickets/{first}").text
    data = {"key": "m", "version": "2", "into": second}
    assert client.post(f"/desk/tickets/{first}/merge", data=data).status_code == 303
    assert "可能是同一件事" not in client.get(f"/desk/tickets/{first}").text
    assert first in client.get(f"/desk/tickets/{second}").text
