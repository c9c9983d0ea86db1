"""What nothing here names is not answered with a sentence about something else; everyday words for what there is are."""

from __future__ import annotations

import pytest

from actions.answering.state import Reading
from actions.answering.unheard import Unheard
from embeddings.query import Concept
from tests.real import Real


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("四明山的索道哪年开工", "索道"),
        ("月湖公园里的摩天轮有多高", "摩天轮"),
        ("地铁7号线在海曙有几站", "7号线"),
        ("石碶那个跳伞基地一年来多少人", "跳伞"),
        ("海曙有几个水族馆", "水族馆"),
        ("“鹊桥惠民券”发了多少张", "鹊桥惠民券"),
        ("洞桥那条海底隧道挖通没有", "隧道"),
        ("共富工坊是什么意思", "共富工坊"),
        ("什么叫千万工程", "千万工程"),
        ("失业金领几个月", "「失业金」"),
        ("失业金每月多少", "「失业金」"),
    ],
)
def test_refused_and_named(real: Real, asked: str, named: str) -> None:
    assert named in real.lacking(asked)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("地铁4号线通车了没有", "4号"),
        ("公屋2019年新增了多少户", "户"),
        ("机场2025年货运量要到多少吨", "吨"),
        ("“六保”是哪六样", "保居民就业"),
        ("老年食堂一年有多少人次吃", "73万"),
        ("两链是什么意思", "担保链"),
        ("什么叫席地而坐", "席地而坐"),
        ("我外甥刚毕业，青年人才驿站是干什么的", "青年"),
    ],
)
def test_everyday_words_for_what_there_is_are_answered(real: Real, asked: str, told: str) -> None:
    answer = real.ask(asked)
    assert answer.status.startswith("answered")
    assert told in answer.text


def test_a_line_is_known_by_its_number_in_english_too(real: Real) -> None:
    assert real.ask("when will metro line 9 open").status == "refused_not_in_sources"
    assert real.ask("when will metro line 4 open").status.startswith("answered")


def test_a_follow_up_is_judged_by_its_own_words(real: Real) -> None:
    answer = real.ask("那摩天轮有几个", "月湖公园在哪")
    assert answer.refused


def _reading(asked: str, *words: str) -> Reading:
    concepts = tuple(Concept(word, (word,), position=asked.index(word)) for word in words)
    return Reading(asked, asked, concepts)


def test_what_the_documents_or_residents_name_is_heard_of() -> None:
    unheard = Unheard("海曙有公园和4号线", ["老人食堂有几家"])
    assert unheard.thing(_reading("公园有几座", "公园")) == ""
    assert unheard.thing(_reading("食堂有几家", "食堂")) == ""
    assert unheard.thing(_reading("缆车有几条", "缆车")) == "缆车"
    assert unheard.thing(_reading("母婴室有几间", "母婴")) == "母婴室"
    line = Concept("14号线", ("14号线", "14号、"))
    assert unheard.thing(Reading("14号线通了吗", "14号线通了吗", (line,))) == "14号线"
    line = Concept("四号线", ("4号线", "4号、"))
    assert unheard.thing(Reading("四号线通了吗", "四号线通了吗", (line,))) == ""


def test_only_where_something_is_asked_of_it() -> None:
    unheard = Unheard("公园", [])
    assert unheard.thing(_reading("我家养了猫咪，公园有几座", "猫咪", "公园")) == ""
    assert unheard.thing(_reading("我家有猫咪的公园有几座", "猫咪", "公园")) == "猫咪"
