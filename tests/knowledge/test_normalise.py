"""One form for matching, whatever way it is typed."""

from __future__ import annotations

import doctest
import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.library import Library
from knowledge.normalise import normalise
from knowledge.sentences import sentence_ends, sentences


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("「９６１０」", "9610"),
        ("九六一零是什么", "9610是什么"),
        ("二〇二五年人才目標", "2025年人才目标"),
        ("二零二五", "2025"),
        ("八一八九零", "81890"),
        ("幺二零", "120"),
        ("一二三产业融合", "一二三产业融合"),
        ("二三产业", "二三产业"),
        ("第三十二章", "第三十二章"),
        ("四个非常", "四个非常"),
        ("20年和25年", "20年和25年"),
        ("12,345人", "12345人"),
        ("１２，３４５人", "12345人"),
        ("12，345人", "12345人"),
        ("九 六 一 零", "9610"),
        ("2020,2021", "2020,2021"),
        ("居家 養老　機構", "居家养老机构"),
        ("U-Park  商业", "u-park商业"),
        ("Wi Fi 6", "wi fi 6"),
        ("“开放空间”《南塘》", "开放空间《南塘》"),
        ("5G\u200b网络\ufeff", "5g网络"),
        ("a\x00b\x07", "a b"),
        ("", ""),
        ("🙂", "🙂"),
        ("文化+Ｘ", "文化+x"),
    ],
)
def test_forms(typed: str, expected: str) -> None:
    assert normalise(typed) == expected


@given(st.text(alphabet=st.sampled_from([*"一二〇零九幺20,，１ aZ“”「」　\u200b產業產業é½ﬁ"]), max_size=40))
def test_twice_is_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=60))
def test_any_text_is_accepted(text: str) -> None:
    assert "\u200b" not in normalise(text)


def test_passages_stay_recognisable(library: Library) -> None:
    """Normalising removes quotes, blanks and separators only; every Chinese character of a passage stays."""
    kept = 0
    for passage in library.passages:
        before = [char for char in passage.text if "一" <= char <= "龥"]
        after = normalise(passage.text)
        kept += sum(char in after for char in before) == len(before)
    assert kept >= 0.97 * len(library.passages)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("甲。乙！丙？", (2, 4, 6)),
        ("他说“好。行。”就走了。再来。", (12, 15)),
        ("最后一句“如此。”", (9,)),
        ("甲……乙。", (5,)),
        ("没有句号", (4,)),
        ("引号不成对“甲。乙。", (8, 10)),
        ("", ()),
    ],
)
def test_sentence_ends(text: str, ends: tuple[int, ...]) -> None:
    assert sentence_ends(text) == ends
    assert "".join(sentences(text)) == text


@pytest.mark.parametrize("module", ["glossary", "normalise", "sentences", "traced"])
def test_examples_in_docstrings(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"knowledge.{module}"))
    assert result.attempted > 0
    assert result.failed == 0


def test_a_year_before_a_number_is_no_thousand() -> None:
    assert normalise("2020, 273") == "2020,273"
    assert normalise("1,200,000 元") == "1200000元"
