"""asks.yml and guards.yml: every pattern compiles, says something, and no rule catches everything."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.answering.rules import asks, guards
from knowledge.library import Library
from knowledge.normalise import normalise

ANSWERING = Path(__file__).parents[2] / "actions" / "answering"
ASKS: dict[str, Any] = yaml.safe_load((ANSWERING / "asks.yml").read_text("utf-8"))
GUARDS: dict[str, Any] = yaml.safe_load((ANSWERING / "guards.yml").read_text("utf-8"))
NEEDS = ASKS["needs_evidence"]
PATTERNS = {
    **{f"asks {kind} {key}": rule[key] for kind, rule in NEEDS.items() for key in ("ask", "proof")},
    **{f"asks {kind} ask": rule["ask"] for kind, rule in ASKS.items() if kind != "needs_evidence"},
    **{f"guards {name}": value for name, value in GUARDS.items() if isinstance(value, str)},
}
HARMLESS = ("海曙", "0", "a", "，", "。")
WORDS = re.compile(r"[A-Z“”「」『』]|[Ａ-Ｚ０-９]")
SYNTAX = re.compile(r"\\[A-Za-z]")


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_compiles_and_does_not_match_everything(name: str) -> None:
    pattern = re.compile(PATTERNS[name])
    assert not pattern.search("")
    assert [text for text in HARMLESS if pattern.search(text)] == []


@pytest.mark.parametrize("name", [n for n in PATTERNS if not n.endswith("proof")])
def test_a_pattern_for_questions_is_written_as_normalised_text_is(name: str) -> None:
    """Quotes, capitals and full-width signs never stand in a normalised question, so they would never match."""
    assert WORDS.findall(SYNTAX.sub("", PATTERNS[name]).replace("DAN", "")) == []


def test_whatever_needs_proof_can_be_named_in_a_refusal() -> None:
    for kind, rule in NEEDS.items():
        assert set(rule) == {"name", "ask", "proof"}, kind
        assert re.search("[一-鿿]", rule["name"]), kind
    assert len({rule["name"] for rule in NEEDS.values()}) == len(NEEDS)


def test_compiled_rules_are_the_files_rules() -> None:
    assert asks()["needs_evidence"].keys() == NEEDS.keys()
    assert asks().keys() == ASKS.keys()
    assert {k for k, v in guards().items() if isinstance(v, re.Pattern)} == {
        k for k, v in GUARDS.items() if isinstance(v, str)
    }


def test_other_places_are_other_places() -> None:
    places = guards()["other_places"]
    assert len(set(places)) == len(places)
    assert [p for p in places if p != normalise(p)] == []
    assert {"海曙", "镇海", "haishu", "zhenhai"} & set(places) == set()


@pytest.mark.parametrize("name", ["emergency", "unsafe"])
def test_no_indicator_term_or_list_of_the_documents_sounds_like_danger_or_misuse(
    name: str, contract_library: Library
) -> None:
    """Asking for what the documents themselves name must never be taken for an emergency or an attack."""
    library = contract_library
    names = [*(r.name for r in library.rows), *(t.name for t in library.terms)]
    names += [box.title for box in library.boxes]
    names += [item for box in library.boxes for item, _ in box.items]
    caught = [n for n in names if guards()[name].search(normalise(f"{n}是什么"))]
    unless = guards()["emergency_unless"]
    assert [n for n in caught if name != "emergency" or not unless.search(normalise(n))] == []
