"""Concepts: what a question speaks of, in its order, with the documents' words; fillers are no concepts."""

from __future__ import annotations

import pytest

from actions.answering.concepts import find_concepts, is_paper, stopwords
from knowledge.lexicon import Entry, Lexicon
from knowledge.normalise import normalise

SMALL = Lexicon(
    [
        Entry(doc=("助餐",), say=("送饭", "吃饭")),
        Entry(doc=("养老机构",), say=("养老院",)),
        Entry(doc=("福利院",), say=("养老院",)),
        Entry(doc=("老人",), say=("老头",), weak=True),
    ]
)


def surfaces(text: str, lexicon: Lexicon = SMALL, **more: tuple[str, ...]) -> list[str]:
    return [c.surface for c in find_concepts(normalise(text), lexicon, **more)]


def test_an_everyday_word_carries_the_documents_word() -> None:
    (concept,) = find_concepts("有送饭的吗", SMALL)
    assert (concept.surface, concept.words, concept.known, concept.weak) == ("送饭", ("助餐",), True, False)


def test_a_word_for_two_things_is_one_concept_with_both() -> None:
    (concept,) = find_concepts("养老院", SMALL)
    assert concept.words == ("养老机构", "福利院")


def test_the_documents_own_word_comes_first() -> None:
    (concept,) = find_concepts("助餐", SMALL)
    assert concept.words[0] == "助餐"


def test_concepts_stand_in_the_order_of_the_question_with_their_place() -> None:
    text = "老头在养老院能送饭吗"
    found = find_concepts(text, SMALL)
    assert [c.surface for c in found] == ["老头", "养老院", "送饭"]
    assert all(text.startswith(c.surface, c.position) for c in found)


def test_words_too_common_to_carry_a_topic_are_weak() -> None:
    weak = {c.surface: c.weak for c in find_concepts("老头吃饭", SMALL)}
    assert weak == {"老头": True, "吃饭": False}


def test_words_the_lexicon_does_not_know_are_concepts_of_their_own() -> None:
    found = [c for c in find_concepts("垃圾焚烧厂在哪里", SMALL) if not c.weak]
    assert "垃圾" in "".join(c.surface for c in found)
    assert [c.surface for c in found if c.known] == []
    assert all(c.words == (c.surface,) for c in found)


@pytest.mark.parametrize("text", ["多少", "是什么", "有没有呢", "请问一下", "的了吗", "？！", "3个", "几家"])
def test_fillers_and_counts_are_no_concepts(text: str) -> None:
    assert [c for c in find_concepts(normalise(text), SMALL) if not c.weak] == []


def test_words_dealt_with_elsewhere_are_ignored() -> None:
    assert surfaces("海曙养老院", ignore=("海曙",)) == ["养老院"]


def test_codes_and_signs_stay_whole() -> None:
    assert any("supos" in s for s in surfaces("supOS是谁做的"))
    assert any("5g" in s for s in surfaces("5G工厂"))


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("送饭卡怎么办", "送饭卡"),
        ("失业金领几个月", "失业金"),
        ("失业金怎么领", "失业金"),
        ("老人证哪里办", "老人证"),
    ],
)
def test_money_and_papers_are_named_whole(text: str, thing: str) -> None:
    (found,) = [c for c in find_concepts(text, SMALL) if c.surface == thing]
    assert is_paper(found)
    assert not found.weak


@pytest.mark.parametrize("text", ["失业金额有多少", "老人证明去哪开", "送饭费用谁出", "企业金融服务"])
def test_what_only_begins_like_them_is_not(text: str) -> None:
    assert not any(is_paper(c) for c in find_concepts(text, SMALL))


def test_nothing_in_nothing() -> None:
    assert find_concepts("", SMALL) == []


def test_stopwords_are_words_and_normalised() -> None:
    assert len(stopwords()) > 50
    assert [w for w in stopwords() if w != normalise(w)] == []


def test_the_real_lexicon_finds_each_of_its_words(lexicon: Lexicon) -> None:
    lost = []
    for entry in lexicon.entries:
        for word in (*entry.doc, *entry.say):
            text = word + "".join(entry.only_with[:1])
            if not any(set(entry.doc) & set(c.words) for c in find_concepts(text, lexicon)):
                lost.append((word, entry.doc))
    assert len(lost) <= 10, lost
