"""The verifier: nothing in a claim that its sources don't hold, whatever wrote the claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.answering.verify import Violation, quantities, violations
from knowledge.library import Library
from knowledge.normalise import normalise

SOURCE = "2020年，海曙累计建成居家养老服务机构273个，年助餐服务达73万人次，覆盖率98.3%，位于集士港镇的普济医院投资18亿元。"


@pytest.mark.parametrize(
    "claim",
    [
        "建成273个",
        "73万人次",
        "730000人次",
        "73 万人次",
        "覆盖率98.3%",
        "覆盖率９８．３％",
        "投资1800000000元",
        "普济医院",
        "没有数字的话",
        "",
        SOURCE,
    ],
)
def test_what_stands_in_the_source_holds(claim: str) -> None:
    assert violations(claim, [SOURCE]) == []


@pytest.mark.parametrize(
    ("claim", "kind", "value"),
    [
        ("建成274个", "number", "274"),
        ("建成2730个", "number", "2730"),
        ("建成27个", "number", "27"),
        ("73万人次中7.3万", "number", "73000"),
        ("73亿人次", "number", "7300000000"),
        ("覆盖率98%", "number", "98%"),
        ("覆盖率98.3", "number", "98.3"),
        ("2021年建成", "number", "2021"),
        ("镇海建成273个", "place", "镇海"),
        ("古林建成273个", "place", "古林"),
        ("第一医院投资18亿元", "name", "第一医院"),
    ],
)
def test_what_does_not_is_named(claim: str, kind: str, value: str) -> None:
    assert Violation(kind, value) in violations(claim, [SOURCE])


def test_a_number_may_stand_in_any_of_several_sources_or_be_allowed() -> None:
    assert violations("273个和120个", [SOURCE, "另有120个"]) == []
    assert violations("273个和120个", [SOURCE]) == [Violation("number", "120")]
    assert violations("273个和120个", [SOURCE], ("120",)) == []


def test_without_a_source_every_number_is_loose() -> None:
    assert violations("273个", []) == [Violation("number", "273")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("73万", ["730000"]),
        ("1.5亿元", ["150000000"]),
        ("0.65亿", ["65000000"]),
        ("98.30%", ["98.3%"]),
        ("3、4", ["3", "4"]),
        ("没有", []),
    ],
)
def test_quantities_are_compared_by_value(text: str, values: list[str]) -> None:
    assert list(quantities(normalise(text))) == values


def test_a_unit_that_the_source_does_not_have_is_a_violation() -> None:
    assert violations("投资273亿元", ["建成273亿个"]) != []
    assert violations("投资43元", ["达到43人"]) != []


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_another_number_never_passes(shown: int, printed: int) -> None:
    held = violations(f"共{shown}个", [f"共{printed}个"]) == []
    assert held == (shown == printed)


@given(st.text(alphabet="一二三123456789.%万亿，。元个年", max_size=30))
def test_a_text_always_holds_against_itself(text: str) -> None:
    assert violations(text, [text]) == []


def test_every_passage_of_the_documents_holds_against_itself(documents: Library) -> None:
    assert [p.id for p in documents.passages if violations(p.text, [p.text])] == []
