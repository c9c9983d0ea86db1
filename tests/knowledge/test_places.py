"""Places of the district: all of its towns and streets, as the documents themselves name them."""

from __future__ import annotations

import pytest

from knowledge.library import Library
from knowledge.normalise import normalise
from knowledge.places import PLACE, SPOTS, TOWNS


def test_the_district_has_seventeen_towns_and_streets() -> None:
    assert len(TOWNS) == len(set(TOWNS)) == 17
    assert set(TOWNS) & set(SPOTS) == set()


@pytest.mark.parametrize("place", [*TOWNS, *SPOTS])
def test_a_place_is_found_in_a_sentence_and_is_written_as_questions_are_compared(place: str) -> None:
    assert place == normalise(place)
    match = PLACE.search(f"在{place}建成投用")
    assert match is not None
    assert match.group() == place


@pytest.mark.parametrize("text", ["洞桥镇", "某某街道", "龙观乡"])
def test_towns_are_known_by_their_kind_too(text: str) -> None:
    assert PLACE.search(text) is not None


@pytest.mark.parametrize("text", ["城乡居民收入", "养老机构273个", "2025年"])
def test_a_sentence_without_a_place_names_none(text: str) -> None:
    assert PLACE.search(text) is None


def test_most_places_stand_in_the_documents(library: Library) -> None:
    corpus = "\n".join(p.text for p in library.passages)
    unnamed = [place for place in (*TOWNS, *SPOTS) if place not in corpus]
    assert len(unnamed) <= 6, unnamed
