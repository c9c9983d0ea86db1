"""Glossary cards: every term by each of its names, whole, and only where a meaning is asked for."""

from __future__ import annotations

import pytest

from actions.answering.resolve import Resolve
from actions.answering.state import Draft
from actions.answering.terms import TermCard, spoken
from knowledge.library import Library
from knowledge.statements import Statement
from tests.actions.answering.making import asked
from tests.real import Real


@pytest.fixture(scope="module")
def card(documents: Library, cut: tuple[Statement, ...]) -> TermCard:
    return TermCard(documents.terms, cut)


def draft(card: TermCard, resolve: Resolve, text: str, *history: str) -> Draft | None:
    state = asked(resolve, text, *history)
    card(state)
    return state.draft


def test_every_term_is_explained_whole_by_each_of_its_names(
    card: TermCard, resolve: Resolve, documents: Library
) -> None:
    wrong = []
    for term in documents.terms:
        for name in (term.name, *term.aliases):
            found = draft(card, resolve, f"{name}是什么意思")
            if found is None or term.definition not in found.claims[0]:
                wrong.append((name, term.name))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("什么是六稳", "六稳"),
        ("6稳指的啥", "六稳"),
        ("1加8加X怎么理解", "1+8+X"),
        ("紧密型医联体是啥意思", "紧密型医联体"),
        ("两链啥意思", "两链"),
        ("緊密型醫聯體是什麼意思", "紧密型医联体"),
    ],
)
def test_terms_as_people_say_them(card: TermCard, resolve: Resolve, text: str, name: str) -> None:
    found = draft(card, resolve, text)
    assert found is not None
    assert found.status == "answered_term"
    assert name in found.claims[0].split("】")[0].replace("“", "").replace("”", "")


def test_the_evidence_is_the_glossary_entry(card: TermCard, resolve: Resolve) -> None:
    found = draft(card, resolve, "什么是六稳")
    assert found is not None
    (evidence,) = found.evidence
    assert evidence.statement.passage.kind == "term"


@pytest.mark.parametrize(
    "text",
    [
        "医联体建了多少个",
        "养老机构是什么意思",
        "镇海的六稳是什么意思",
        "今天天气怎么样",
        "六稳工作哪些企业受益最多",
    ],
)
def test_no_card_where_no_term_or_no_meaning_is_asked(card: TermCard, resolve: Resolve, text: str) -> None:
    assert draft(card, resolve, text) is None


def test_a_follow_up_may_ask_for_the_meaning(card: TermCard, resolve: Resolve) -> None:
    found = draft(card, resolve, "这是什么意思", "紧密型医联体有几个")
    assert found is not None
    assert "医联体" in found.claims[0]


@pytest.mark.parametrize(
    ("said", "written"),
    [("1加8加x", "1+8+x"), ("一加八加x", "1+8+x"), ("加装电梯", "加装电梯"), ("增加三个", "增加三个")],
)
def test_signs_read_out_are_written_between_codes_only(said: str, written: str) -> None:
    assert spoken(said) == written


def test_a_term_in_an_answer_is_offered_as_the_next_question(real: Real) -> None:
    answer = real.ask("医联体组建了几个")
    assert answer.status == "answered"
    assert any("紧密型医联体" in suggestion for suggestion in answer.suggestions)
    assert real.ask(answer.suggestions[0]).status == "answered_term"


def test_a_term_that_was_asked_for_is_not_offered_again(real: Real) -> None:
    answer = real.ask("紧密型医联体是啥意思")
    assert not any("紧密型医联体" in suggestion for suggestion in answer.suggestions)
