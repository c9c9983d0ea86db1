"""English figures of Chinese claims."""

from __future__ import annotations

import pytest

from actions.answering.figures_en import figures
from actions.answering.verify import Violation, violations
from tests.real import Real


@pytest.mark.parametrize(
    ("claim", "english"),
    [
        ("年助餐服务达73万人次", "730,000 person-times"),
        ("建成各类助餐服务中心（站点）70余个", "more than 70"),
        ("助餐覆盖95%以上的城乡村（社区）", "over 95%"),
        ("地区生产总值2000亿元", "200 billion yuan"),
        ("出口40亿美元", "4 billion US dollars"),
        ("人才资源总量27.88万人", "278,800 people"),
        ("登记失业率<3%", "under 3%"),
        ("2020年", ""),
        ("没有数字", ""),
    ],
)
def test_figures(claim: str, english: str) -> None:
    assert figures(claim) == english


def test_a_wrong_english_amount_is_caught() -> None:
    assert violations("In figures: 730,000", ["年助餐服务达73万人次"]) == []
    assert violations("In figures: 200 billion yuan", ["地区生产总值2000亿元"]) == []
    assert Violation("number", "20000000000") in violations("20 billion yuan", ["地区生产总值2000亿元"])


def test_an_english_question_gets_its_figures_in_english(real: Real) -> None:
    answer = real.ask("How many times a year do old people use the meal service in Haishu?")
    assert "730,000 person-times" in answer.text
    assert "73万人次" in answer.text  # the Chinese source stands below
    target = real.ask("GDP target for 2025 of Haishu")
    assert "2025 target: 200 billion yuan" in target.text


def test_a_chinese_question_gets_none(real: Real) -> None:
    assert "In figures" not in real.ask("海曙一年助餐多少人次").text
