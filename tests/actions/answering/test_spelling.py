"""Words mistyped by sound are put right; words the documents use are left alone."""

from __future__ import annotations

import pytest

from actions.answering.spelling import Corrector, frequent_runs
from knowledge.library import Library
from knowledge.normalise import normalise

CORPUS = "建成幼儿园6所。居家养老服务机构273个。加装电梯39部。"


@pytest.fixture(scope="module")
def small() -> Corrector:
    return Corrector(("幼儿园", "养老机构", "加装电梯", "居家养老", "园区"), CORPUS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("幼儿圆有几所", "幼儿园有几所"),
        ("佳装电梯多少部", "加装电梯多少部"),
        ("居家养劳机构", "居家养老机构"),
        ("幼儿元和幼儿圆", "幼儿园和幼儿园"),
    ],
)
def test_a_word_mistyped_by_sound_is_put_right(small: Corrector, typed: str, meant: str) -> None:
    assert small(typed) == meant


@pytest.mark.parametrize(
    "text", ["幼儿园有几所", "养老机构", "今天天气怎么样", "abc 2025", "", "有一元钱", "圆"]
)
def test_what_is_right_or_no_word_stays(small: Corrector, text: str) -> None:
    assert small(text) == text


def test_southern_sounds_fall_together() -> None:
    corrector = Corrector(("城镇居民", "农村居民"), "城镇居民收入。农村居民收入。")
    assert corrector("层镇居民收入") == "城镇居民收入"


def test_a_word_that_sounds_alike_but_shares_no_character_is_another_word() -> None:
    assert Corrector(("公园",), "公园")("功圆") == "功圆"
    assert Corrector(("养老院",), "养老院")("洋佬垣") == "洋佬垣"


def test_names_that_the_documents_repeat_are_known_too() -> None:
    runs = frequent_runs("姚江新城。姚江新城。姚江新城。空铁新城。")
    assert "姚江新城" in runs
    assert "空铁新城" not in runs


def test_nothing_the_documents_themselves_say_is_changed(corrector: Corrector, documents: Library) -> None:
    names = [normalise(row.name) for row in documents.rows]
    names += [normalise(term.name) for term in documents.terms]
    names += [normalise(name) for box in documents.boxes for name, _ in box.items]
    assert [(name, corrector(name)) for name in names if corrector(name) != name] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("姚将新城", "姚江新城"), ("居家养老服务鸡构", "居家养老服务机构"), ("人材资源总量", "人才资源总量")],
)
def test_typing_mistakes_in_the_documents_own_terms(corrector: Corrector, typed: str, meant: str) -> None:
    assert corrector(typed) == meant
