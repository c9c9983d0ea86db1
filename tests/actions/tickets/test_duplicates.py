"""Suggestions for merging: same matter, same place, recent; and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions.bootstrap import build_encoder
from actions.settings import load_settings
from actions.tickets.duplicates import Duplicates, Thresholds, place_share
from actions.tickets.office import Office
from actions.tickets.records import Report
from actions.tickets.ticket import Ticket
from embeddings.encoder import Encoder
from knowledge.normalise import normalise
from tests.actions.tickets.ledger_parts import LI, Hands

PAIRS = yaml.safe_load(Path(__file__).with_name("same_matter.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return build_encoder(load_settings())


@pytest.fixture
def duplicates(office: Office, encoder: Encoder, hands: Hands) -> Duplicates:
    return Duplicates(office.store, encoder, Thresholds.load(), hands)


def filed(office: Office, key: str, problem: str, place: str, kind: str = "求助") -> Ticket:
    report = Report(problem=problem, place=place, kind=kind)  # type: ignore[arg-type]
    return office.register.get(office.reception.file(report, key).number)


def test_likeness_tells_one_matter_from_two(encoder: Encoder) -> None:
    """Measured: 9 of 10 pairs of one matter lie above the threshold, 1 of 10 of two matters."""

    def above(pairs: list[list[str]]) -> int:
        vectors = [encoder.encode_queries([normalise(text) for text in pair]) for pair in pairs]
        return sum(float(one @ other) >= Thresholds.load().likeness for one, other in vectors)

    assert above(PAIRS["same"]) >= 9
    assert above(PAIRS["different"]) <= 1


def test_the_same_lamp_is_suggested_the_likeliest_first(office: Office, duplicates: Duplicates) -> None:
    near = filed(office, "a", "大门口那盏路灯坏了", "望春街道春城花园南门")
    also = filed(office, "b", "路灯不亮了，没人来修", "春城花园", "投诉")
    filed(office, "c", "大门口那盏路灯坏了", "集士港镇四明东路")
    filed(office, "d", "建议路灯早一点亮", "春城花园", "建议")
    filed(office, "e", "说不清", "春城花园")
    own = filed(office, "f", "小区门口路灯不亮", "春城花园南门")
    assert {s.number for s in duplicates.of(own)} == {near.number, also.number}
    assert all(s.place == 1.0 for s in duplicates.of(own))


def test_what_is_closed_merged_or_long_ago_is_not_suggested(
    office: Office, duplicates: Duplicates, hands: Hands
) -> None:
    old = filed(office, "a", "大门口的路灯坏了", "春城花园")
    hands.move(days=Thresholds.load().within_days + 1)
    closed = filed(office, "b", "大门口的路灯坏了", "春城花园")
    office.casework.close(closed.number, 2, LI, "修好了")
    leader = filed(office, "c", "大门口的路灯坏了", "春城花园")
    merged = filed(office, "d", "大门口的路灯坏了", "春城花园")
    office.casework.merge(merged.number, 2, LI, into=leader.number)
    own = filed(office, "e", "大门口的路灯又坏了", "春城花园")
    assert [s.number for s in duplicates.of(own)] == [leader.number]
    assert old.number != leader.number


def test_without_a_place_the_words_must_be_closer(office: Office, duplicates: Duplicates) -> None:
    filed(office, "a", "我们村河边的路灯整排不亮", "")
    twin = filed(office, "b", "路灯坏了好几天", "")
    own = filed(office, "c", "路灯坏了好几天了", "")
    assert [(s.number, s.place) for s in duplicates.of(own)] == [(twin.number, None)]


def test_how_much_of_a_place_is_the_same() -> None:
    assert place_share("", "") is None
    assert place_share("春城花园", "") == 0.0
    assert place_share("望春街道春城花园", "集士港镇") == 0.0
    assert place_share("春城花园3幢", "春城花园5幢") == pytest.approx(0.6)
