"""Rule files are read once, compiled, and insensitive to case."""

from __future__ import annotations

import re

import pytest

from actions.answering import rules


def test_rules_are_read_once() -> None:
    assert rules.asks() is rules.asks()
    assert rules.guards() is rules.guards()
    assert rules.statuses() is rules.statuses()


def test_patterns_are_compiled_and_names_are_not() -> None:
    assert isinstance(rules.guards()["emergency"], re.Pattern)
    assert isinstance(rules.guards()["other_places"], list)
    assert all(isinstance(v["ask"], re.Pattern) for k, v in rules.asks().items() if k != "needs_evidence")
    for rule in rules.asks()["needs_evidence"].values():
        assert isinstance(rule["ask"], re.Pattern)
        assert isinstance(rule["proof"], re.Pattern)


def test_case_does_not_matter() -> None:
    assert rules.guards()["emergency"].search("MY HOUSE IS ON FIRE")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "养老院电话多少"),
        ("procedure", "公租房怎么申请"),
        ("hours", "图书馆几点开门"),
        ("fee", "停车怎么收费"),
        ("address", "社区服务中心地址"),
        ("contact_person", "项目负责人是谁"),
        ("reason", "为什么要建这个"),
    ],
)
def test_what_needs_proof_is_recognised(kind: str, text: str) -> None:
    assert rules.asks()["needs_evidence"][kind]["ask"].search(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("numeric", "助餐点有多少个"),
        ("when", "什么时候建成"),
        ("where", "建在哪里"),
        ("list", "包括哪些"),
        ("define", "两链是什么意思"),
        ("compare", "城镇和农村哪个高"),
        ("growth", "比上年增长多少"),
        ("yesno", "有没有老年大学"),
        ("office", "区长是谁"),
        ("personal", "我的社保余额多少"),
    ],
)
def test_what_a_question_asks_for_is_recognised(kind: str, text: str) -> None:
    assert rules.asks()[kind]["ask"].search(text)


def test_wording_in_english_where_there_is_some() -> None:
    assert rules.wording("clarify", english=True) != rules.wording("clarify")
    assert rules.wording("refused_unsafe", "way_out", english=True).isascii()
    assert rules.wording("refused_other_service", "medical", english=True) == ""
