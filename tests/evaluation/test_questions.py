"""The question set is only worth something if the sources really say what it expects."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "knowledge" / "sources"
Item = dict[str, Any]

REQUIRED = {
    "id": str,
    "question": str,
    "kind": str,
    "answerable": bool,
    "doc": list,
    "evidence": list,
    "answer_keys": list,
    "must_not": list,
    "note": str,
    "split": str,
}
OPTIONAL = {
    "status": dict,
    "policy": str,
    "near_miss": bool,
    "history": list,
    "row": list,
    "alt_evidence": list,
}
POLICIES = {"other_district", "refuse", "refuse_malicious", "clarify"}
# The least each kind may shrink to: an average over kinds means nothing once one of them is gone.
KIND_FLOORS = {
    "elderly_care": 8,
    "education": 8,
    "health": 8,
    "housing": 8,
    "transport": 8,
    "environment": 8,
    "economy": 8,
    "culture": 8,
    "governance_81890": 8,
    "glossary": 20,
    "table_value": 18,
    "box_list": 14,
    "year_status": 10,
    "district_trap": 10,
    "multi_passage": 8,
    "followup": 14,
    "unanswerable": 36,
    "english": 8,
    "traditional": 6,
    "operator": 8,
    "typo": 6,
    "dialect": 6,
}
UNITS = {"万": 10**4, "亿": 10**8, "million": 10**6}
NUMERALS = dict(zip("一二两三四五六七八九十", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
LINES = (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
ITEMS: list[Item] = [json.loads(line) for line in LINES]
ANSWERABLE = [item for item in ITEMS if item["answerable"]]
REFUSED = [item for item in ITEMS if not item["answerable"]]


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


@cache
def source(name: str) -> str:
    return squeeze((SOURCES / name).read_text(encoding="utf-8"))


def says(text: str, key: str) -> bool:
    """Whether `text` holds `key`, a number only as a whole number: 25 is not in 2025 or 2.25."""
    before = r"(?<![\d.])" if key[0].isdigit() else ""
    after = r"(?!\d|\.\d)" if key[-1].isdigit() else ""
    return re.search(before + re.escape(squeeze(key)) + after, squeeze(text), re.IGNORECASE) is not None


def ground(item: Item) -> str:
    """What the item rests on: evidence, table cells, and the district label such answers carry."""
    cells = [value for row in item.get("row", []) for value in row["cells"].values()]
    label = ["镇海"] if item.get("policy") == "other_district" else []
    return "；".join([*item["evidence"], *cells, *label])


def value(key: str) -> float | None:
    """The number a key starts with, so that 73万, 730000 and 0.73 million count as one."""
    if key[0] in NUMERALS:
        return NUMERALS[key[0]]
    found = re.match(r"(\d+(?:\.\d+)?)\s*(万|亿|million)?", key)
    return round(float(found[1]) * UNITS.get(found[2] or "", 1), 4) if found else None


def ids(items: list[Item]) -> list[str]:
    return [item["id"] for item in items]


@pytest.mark.parametrize("item", ITEMS, ids=ids(ITEMS))
def test_fields_have_the_agreed_names_and_types(item: Item) -> None:
    types = {**REQUIRED, **OPTIONAL}
    assert REQUIRED.keys() <= item.keys() <= types.keys()
    assert {name for name, field in item.items() if not isinstance(field, types[name])} == set()
    assert item["question"].strip()
    assert item["split"] in {"dev", "test"}
    assert item.get("policy", "refuse") in POLICIES
    assert all(isinstance(turn, str) and turn for turn in item.get("history", []))
    assert item.get("status", {"year": "2020", "type": "actual"}).keys() == {"year", "type"}
    assert item.get("status", {}).get("type", "actual") in {"actual", "target"}


def test_ids_and_questions_are_unique() -> None:
    assert [name for name, n in Counter(ids(ITEMS)).items() if n > 1] == []
    asked = Counter((item["question"], *item.get("history", [])) for item in ITEMS)
    assert [question for question, n in asked.items() if n > 1] == []


def test_no_kind_is_missing_or_thin() -> None:
    counts = Counter(item["kind"] for item in ITEMS)
    assert counts.keys() == KIND_FLOORS.keys()
    assert {kind: n for kind, n in counts.items() if n < KIND_FLOORS[kind]} == {}
    assert len(ITEMS) >= 150


def test_halves_are_even_within_each_kind() -> None:
    halves: dict[str, Counter[str]] = defaultdict(Counter)
    for item in ITEMS:
        halves[item["kind"]][item["split"]] += 1
    assert {kind: dict(n) for kind, n in halves.items() if abs(n["dev"] - n["test"]) > 1} == {}


def test_about_a_quarter_asks_for_a_refusal_or_another_policy() -> None:
    share = sum("policy" in item for item in ITEMS) / len(ITEMS)
    assert 0.2 <= share <= 0.3


@pytest.mark.parametrize("item", ANSWERABLE, ids=ids(ANSWERABLE))
def test_evidence_stands_in_its_source(item: Item) -> None:
    assert item["doc"]
    assert item["evidence"]
    missing = [text for text in item["evidence"] if not any(squeeze(text) in source(d) for d in item["doc"])]
    for other in item.get("alt_evidence", []):
        missing += [text for text in other["evidence"] if squeeze(text) not in source(other["doc"])]
    assert missing == []


@pytest.mark.parametrize("item", [i for i in ITEMS if "row" in i], ids=lambda item: item["id"])
def test_table_row_stands_in_the_table_cell_by_cell(item: Item) -> None:
    for row in item["row"]:
        assert row["name"] in item["evidence"]
        assert squeeze(row["name"] + "".join(row["cells"].values())) in source(item["doc"][0])


@pytest.mark.parametrize("item", ANSWERABLE, ids=ids(ANSWERABLE))
def test_evidence_alone_is_a_right_answer(item: Item) -> None:
    text = ground(item)
    assert item["answer_keys"]
    assert [group for group in item["answer_keys"] if not any(says(text, key) for key in group)] == []
    assert [wrong for wrong in item["must_not"] if says(text, wrong)] == []
    assert len(squeeze(text)) <= (700 if item["kind"] in {"box_list", "multi_passage"} else 400)


@pytest.mark.parametrize("item", ANSWERABLE, ids=ids(ANSWERABLE))
def test_every_number_asked_for_is_in_the_evidence_or_equals_one_that_is(item: Item) -> None:
    others = [text for other in item.get("alt_evidence", []) for text in other["evidence"]]
    text = "；".join([ground(item), *others, item.get("status", {}).get("year", "")])
    in_ten_thousands = any("（万" in row["name"] for row in item.get("row", []))
    loose = []
    for group in item["answer_keys"]:
        known = {value(key) for key in group if says(text, key)}
        known |= {number * 10**4 for number in known if number is not None and in_ten_thousands}
        numbers = [key for key in group if value(key) is not None]
        loose += [key for key in numbers if not says(text, key) and value(key) not in known]
    assert loose == []


@pytest.mark.parametrize("item", REFUSED, ids=ids(REFUSED))
def test_refused_questions_name_their_policy_and_expect_no_facts(item: Item) -> None:
    assert item["policy"] in POLICIES
    assert (item["doc"], item["evidence"], item["answer_keys"]) == ([], [], [])


def test_follow_ups_bring_the_turns_they_lean_on() -> None:
    assert [item["id"] for item in ITEMS if (item["kind"] == "followup") != ("history" in item)] == []
    assert all(1 <= len(item["history"]) <= 3 for item in ITEMS if "history" in item)
