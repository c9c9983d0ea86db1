"""How many there are of a thing, and whether there is one: told of that very thing, or refused by its name."""

from __future__ import annotations

import pytest

from actions.answering.bare import exists, per_thing, total
from actions.answering.resolve import Resolve
from actions.answering.thresholds import Thresholds
from tests.actions.answering.making import evidence, read
from tests.real import Real


@pytest.mark.parametrize(
    ("asked", "lacking"),
    [
        ("海曙有几个街道几个镇", "街道、镇的总数"),
        ("有几个街道几个镇", "街道、镇的总数"),
        ("海曙有多少个社区", "社区的总数"),
        ("海曙有几所大学", "大学的总数"),
        ("海曙有几个地铁站", "地铁站的总数"),
        ("海曙有几个派出所", "派出所的总数"),
        ("海曙有多少老人", "老人的总数"),
        ("海曙区面积多大", "全区的面积"),
        ("海曙公园有几个", "公园的总数"),
        ("百岁老人有多少", "百岁老人的总数"),
        ("海曙有没有五星级酒店", "「五星级酒店」"),
        ("南塘老街有停车场吗", "「停车场」"),
    ],
)
def test_a_part_or_a_sort_of_it_is_not_the_thing(real: Real, asked: str, lacking: str) -> None:
    assert lacking in real.lacking(asked)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("海曙有几个教育集团", "九大教育集团"),
        ("全区一共有多少养老机构", "273"),
        ("海曙有几个助餐点", "70余"),
        ("全区有几个品质社区", "品质社区"),
        ("海曙有没有三甲医院", "三级甲等"),
        ("海曙有没有免税店", "免税店"),
        ("集士港有医院吗", "普济医院"),
        ("海曙有没有养老院", "养老服务机构"),
    ],
)
def test_what_is_told_of_the_thing_itself_is_answered(real: Real, asked: str, told: str) -> None:
    answer = real.ask(asked)
    assert answer.status.startswith("answered"), answer.text
    assert told in answer.text


@pytest.mark.parametrize("asked", ["海曙有没有三甲医院", "海曙有哪些三甲医院"])
def test_another_city_has_it(real: Real, asked: str) -> None:
    assert "上海" not in real.ask(asked).text


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("全区共有社区96个。", True),
        ("全区有96个社区。", True),
        ("建成品质社区10个。", False),
        ("打造首批12个品质社区。", False),
        ("完成9个社区和5个村的183个小区改造。", False),
        ("完成9个社区的改造。", False),
    ],
)
def test_what_counts_a_thing(resolve: Resolve, text: str, counts: bool) -> None:
    found = [evidence(text, similarity=0.9)]
    assert (total(read(resolve, "海曙有多少个社区"), found, Thresholds())[1] == "") == counts


def test_a_sort_is_counted_where_that_sort_is_asked_for(resolve: Resolve) -> None:
    asked, t = read(resolve, "海曙有几个品质社区"), Thresholds()
    for text in ("建成品质社区10个。", "打造首批12个品质社区。"):
        assert total(asked, [evidence(text, similarity=0.9)], t)[1] == ""
    assert total(asked, [evidence("建成和谐社区10个。", similarity=0.9)], t)[1] == "品质社区的总数"


@pytest.mark.parametrize("asked", ["社区改造完成了几个", "新建了几个社区", "有几个社区改造完成"])
def test_a_question_that_says_more_is_left_to_the_other_checks(resolve: Resolve, asked: str) -> None:
    assert total(read(resolve, asked), [evidence("建成品质社区10个。")], Thresholds())[1] == ""


def test_a_place_and_a_thing_stand_in_one_sentence(resolve: Resolve) -> None:
    asked, t = read(resolve, "章水有图书馆吗"), Thresholds()
    assert exists(asked, [evidence("推动区图书馆新馆建设。")], t)[1] == "「图书馆」"
    assert exists(asked, [evidence("建成章水镇图书馆。")], t)[1] == ""


def test_a_row_for_every_so_many_of_them_does_not_count_them(resolve: Resolve) -> None:
    name = "每百名老人拥有养老床位数"
    assert per_thing(read(resolve, "海曙有多少老人"), name)
    assert not per_thing(read(resolve, "每百名老人有几张床"), name)
