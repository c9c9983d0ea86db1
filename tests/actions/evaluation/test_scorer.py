"""The judge: what counts as said, as cited, and as right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from actions.evaluation.scorer import MAX_CHARS, MAX_CHARS_LONG, Expected, Given, expected, judge, says

QUESTIONS = Path(__file__).parents[2] / "evaluation" / "questions.jsonl"
DOC = "003.txt"
LINE: dict[str, Any] = {
    "id": "q1",
    "question": "2025年人才要到多少",
    "kind": "economy",
    "answerable": True,
    "doc": [DOC],
    "evidence": ["人才资源 总量达到43万人"],
    "answer_keys": [["43万", "430000"], ["2025"]],
    "must_not": ["27.88"],
}
PASSAGE = (DOC, "到2025年，人才资源总量\n达到 43 万人，研发投入达到3.6%")


def wanted(**changes: Any) -> Expected:
    found = expected({**LINE, **changes})
    assert found is not None
    return found


def answered(text: str = "2025年目标43万人", *passages: tuple[str, str], refused: bool = False) -> Given:
    return Given(text, refused, passages or (PASSAGE,))


@pytest.mark.parametrize(
    ("text", "key", "holds"),
    [
        ("2025年达到 43 万人", "43万", True),
        ("2025年", "25", False),
        ("占2.25%", "25%", False),
        ("占25.5%", "25", False),
        ("共25。", "25", True),
        ("第25.", "25", True),
        ("1,201亿元", "1201亿", True),
        ("１２０１億元", "1201亿", True),
        ("增长\n5.3%", "增长5.3%", True),
        ("2020年实际 1201\n2 目标", "12012", False),
        ("一百五十", "150", False),
        ("0.73 Million people", "0.73 million", True),
        ("二〇二〇年", "2020", True),
        ("居家養老", "居家养老", True),
    ],
)
def test_a_number_is_said_only_as_a_whole_number(text: str, key: str, holds: bool) -> None:
    assert says(text, key) is holds


def test_a_key_without_anything_to_look_for_is_a_mistake_of_the_file() -> None:
    with pytest.raises(ValueError, match="remove it"):
        says("什么都有", " ")


def test_a_right_answer_with_its_passage() -> None:
    verdict = judge(wanted(), answered())
    assert (verdict.correct, verdict.evidence) == (True, 1.0)
    assert (verdict.missing, verdict.forbidden, verdict.too_long) == ((), (), False)


@pytest.mark.parametrize(
    ("given", "missing", "forbidden"),
    [
        (answered("2025年目标430万人"), (("43万", "430000"),), ()),
        (answered("目标43万人"), (("2025",),), ()),
        (answered("2020年27.88万人，2025年43万人"), (), ("27.88",)),
        (answered("2025年目标43万人", refused=True), (), ()),
    ],
)
def test_what_makes_an_answer_wrong(
    given: Given, missing: tuple[tuple[str, ...], ...], forbidden: tuple[str, ...]
) -> None:
    verdict = judge(wanted(), given)
    assert not verdict.correct
    assert (verdict.missing, verdict.forbidden) == (missing, forbidden)


@pytest.mark.parametrize(("kind", "limit"), [("economy", MAX_CHARS), ("box_list", MAX_CHARS_LONG)])
def test_longer_than_a_message_is_wrong_white_space_aside(kind: str, limit: int) -> None:
    text = "2025年43万人"
    full = text + "字" * (limit - len(text))
    assert judge(wanted(kind=kind), answered(full + " \n" * 50)).correct
    verdict = judge(wanted(kind=kind), answered(full + "字"))
    assert (verdict.correct, verdict.too_long) == (False, True)


def test_what_cannot_be_answered_is_right_only_when_refused_without_a_wrong_figure() -> None:
    line = wanted(answerable=False, answer_keys=[], evidence=[], doc=[])
    assert judge(line, answered("没有这方面的资料", refused=True)).correct
    assert not judge(line, answered("2025年目标43万人")).correct
    leaky = judge(line, answered("没有，不过有27.88万人", refused=True))
    assert (leaky.correct, leaky.forbidden, leaky.evidence) == (False, ("27.88",), None)


def test_evidence_counts_by_document_and_share() -> None:
    two = wanted(evidence=["人才资源总量达到43万人", "研发投入达到3.6%", "从未写过"])
    assert judge(two, answered()).evidence == pytest.approx(2 / 3)
    assert judge(two, answered("…", ("002.txt", PASSAGE[1]))).evidence == 0.0
    assert judge(wanted(doc=["002.txt", DOC]), answered()).evidence == 1.0


def test_another_passage_with_the_same_fact_will_do_if_it_is_complete() -> None:
    other = {"doc": "000.txt", "evidence": ["43万人才", "2025年"]}
    line = wanted(alt_evidence=[other])
    assert judge(line, answered("…", ("000.txt", "2025年有43万人才"))).evidence == 1.0
    assert judge(line, answered("…", ("000.txt", "有43万人才"))).evidence == 0.0
    assert judge(line, answered("…", ("001.txt", "2025年有43万人才"))).evidence == 0.0


def test_of_two_tables_with_the_same_indicator_the_row_with_the_asked_cell_counts() -> None:
    row = {"name": "地区生产总值（亿元）", "cells": {"2020": "1201", "2025": "2000", "增长": "—"}}
    line = wanted(evidence=[row["name"]], row=[row], answer_keys=[["2000"]], must_not=[])
    first, second = "地区生产总值（亿元）：1400；1201", "地区生产总值（亿元）：1201；2000"
    assert judge(line, answered("2000", (DOC, first))).evidence == 0.0
    assert judge(line, answered("2000", (DOC, second))).evidence == 1.0
    unasked = wanted(evidence=[row["name"]], row=[row], answer_keys=[["生产总值"]])
    assert judge(unasked, answered("…", (DOC, first))).evidence == 1.0


def test_a_line_that_only_asks_has_no_expectation() -> None:
    assert expected({"id": 1, "question": "多少"}) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("answerable", "yes"),
        ("answerable", None),
        ("kind", 3),
        ("doc", "003.txt"),
        ("evidence", [1]),
        ("must_not", None),
        ("answer_keys", ["43万"]),
        ("answer_keys", {"43万": 1}),
        ("alt_evidence", [["003.txt"]]),
        ("row", [{"name": "地区生产总值"}]),
        ("row", "地区生产总值"),
    ],
)
def test_a_field_of_another_form_is_named(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"field '{field}'"):
        expected({**LINE, field: value})


def test_the_evidence_itself_is_a_right_answer_to_every_question_of_the_set() -> None:
    wrong = []
    for line in map(json.loads, QUESTIONS.read_text("utf-8").splitlines()):
        cells = "；".join(v for row in line.get("row", []) for v in row["cells"].values())
        label = "镇海" if line.get("policy") == "other_district" else ""
        text = "；".join([*line["evidence"], cells, label])
        passages = tuple((doc, text) for doc in line["doc"])
        found = expected(line)
        assert found is not None
        verdict = judge(found, Given(text, not line["answerable"], passages))
        if not verdict.correct or verdict.evidence not in (None, 1.0):
            wrong.append((line["id"], verdict))
    assert wrong == []
