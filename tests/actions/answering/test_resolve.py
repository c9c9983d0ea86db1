"""Resolving a message: years, sense, district, what is asked, and what a follow-up leaves unsaid."""

from __future__ import annotations

import pytest

from actions.answering.clauses import asking_clauses, focus_of
from actions.answering.mentions import districts_of, find_years, names_haishu, other_place
from actions.answering.resolve import Resolve
from knowledge.normalise import normalise
from tests.actions.answering.making import read


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2020年养老机构多少", (2020,)),
        ("2020和2025年各多少", (2020, 2025)),
        ("25年目标", (2025,)),
        ("十四五人才目标", (2025,)),
        ("发明专利2020年几件，五年后要几件", (2020, 2025)),
        ("五年后要几件", ()),
        ("十三五完成得怎么样", (2020,)),
        ("二〇二五年", (2025,)),
        ("GDP 2020", (2020,)),
        ("1200周年", ()),
        ("81890", ()),
        ("20年前的房子", ()),
        ("15年以上的小区", ()),
        ("12025个", ()),
        ("多少", ()),
    ],
)
def test_years_as_people_write_them(text: str, years: tuple[int, ...]) -> None:
    assert find_years(normalise(text)) == years


@pytest.mark.parametrize(
    ("text", "districts"),
    [
        ("养老机构多少", ("海曙",)),
        ("海曙养老机构多少", ("海曙",)),
        ("镇海养老机构多少", ("镇海",)),
        ("海曙和镇海哪个多", ("海曙", "镇海")),
        ("how many in zhenhai", ("镇海",)),
        ("haishu or zhenhai", ("海曙", "镇海")),
    ],
)
def test_the_district_is_ours_unless_another_is_named(text: str, districts: tuple[str, ...]) -> None:
    assert districts_of(normalise(text)) == districts


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("鄞州区养老机构多少", "鄞州"),
        ("杭州有多少高企", "杭州"),
        ("how many in Beilun", "beilun"),
        ("海曙比鄞州多吗", ""),
        ("养老机构多少", ""),
        ("镇海和北仑", ""),
    ],
)
def test_a_place_outside_the_sources_is_noticed(text: str, place: str) -> None:
    assert other_place(normalise(text)) == place


def test_whether_the_question_says_that_it_is_about_us() -> None:
    assert names_haishu("咱区有多少")
    assert not names_haishu("有多少")


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        ("我今年八十岁了，腿脚不好。助餐点有多少个？谢谢", "助餐点有多少个"),
        ("助餐点有多少个", "助餐点有多少个"),
        ("腿脚不好，住在古林", "腿脚不好，住在古林"),
    ],
)
def test_the_asking_clause_of_a_long_message(text: str, asking: str) -> None:
    assert focus_of(normalise(text)).startswith(normalise(asking))


def test_several_questions_in_one_message() -> None:
    assert asking_clauses("助餐点有几个，养老院在哪里") == ["助餐点有几个", "养老院在哪里"]
    assert asking_clauses("助餐点有几个") == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("2020年实际完成多少固定资产投资", "实际"),
        ("2025年人才目标多少", "目标"),
        ("计划建多少个公园", "目标"),
        ("养老机构有多少家", ""),
        ("目标是多少，实际完成了多少", ""),
    ],
)
def test_reached_or_planned(resolve: Resolve, text: str, status: str) -> None:
    assert read(resolve, text).status == status


def test_a_question_names_its_things_in_the_documents_words(resolve: Resolve) -> None:
    reading = read(resolve, "海曙送饭点有多少个")
    assert any("助餐" in word for c in reading.concepts for word in c.words)
    assert "numeric" in reading.asks
    assert "海曙" not in [c.surface for c in reading.concepts]
    assert not reading.followup


def test_what_stands_outside_the_asking_clause_cannot_carry_the_topic(resolve: Resolve) -> None:
    reading = read(resolve, "我家门口在修公园，幼儿园有多少所？")
    strong = {c.surface for c in reading.strong}
    assert "幼儿园" in strong
    assert "公园" not in strong


def test_traditional_script_and_typing_mistakes_are_understood(resolve: Resolve) -> None:
    for text in ("幼兒園有多少所", "幼儿圆有多少所"):
        assert "幼儿园" in {w for c in read(resolve, text).concepts for w in c.words}


def test_english_is_understood_as_such(resolve: Resolve) -> None:
    reading = read(resolve, "How many kindergartens are there?")
    assert reading.english
    assert "幼儿园" in {w for c in reading.concepts for w in c.words}
    assert not read(resolve, "GDP多少").english


@pytest.mark.parametrize(
    ("turns", "year", "topic"),
    [
        (("2020年地区生产总值是多少", "那2025年呢"), 2025, "地区生产总值"),
        (("2025年人才总量目标", "2020年呢"), 2020, "人才"),
        (("幼儿园有多少所", "2020年呢"), 2020, "幼儿园"),
        (("你好", "2020年幼儿园多少所", "谢谢", "那2025年呢"), 2025, "幼儿园"),
    ],
)
def test_a_follow_up_keeps_the_topic_and_replaces_the_year(
    resolve: Resolve, turns: tuple[str, ...], year: int, topic: str
) -> None:
    reading = read(resolve, turns[-1], *turns[:-1])
    assert reading.followup
    assert reading.years == (year,)
    assert any(topic in w for c in reading.concepts for w in (c.surface, *c.words))


def test_a_follow_up_keeps_the_year_when_it_names_another_side(resolve: Resolve) -> None:
    reading = read(resolve, "农村的呢", "2020年城镇居民人均可支配收入是多少")
    words = {w for c in reading.strong for w in c.words}
    assert reading.years == (2020,)
    assert "农村居民" in words
    assert "城镇居民" not in words


def test_a_follow_up_may_move_to_the_other_district_and_stays_there(resolve: Resolve) -> None:
    assert read(resolve, "那镇海呢", "海曙高新技术企业有多少家").districts == ("镇海",)
    assert read(resolve, "新增了多少", "海曙高新技术企业有多少家", "那镇海呢").districts == ("镇海",)
    assert read(resolve, "海曙呢", "镇海高新技术企业有多少家").districts == ("海曙",)
    assert read(resolve, "我们自己区呢", "镇海高新技术企业有多少家").districts == ("海曙",)


@pytest.mark.parametrize("asked", ["那洞桥呢", "洞桥咧", "洞桥咋样"])
def test_another_name_takes_the_place_of_the_first(resolve: Resolve, asked: str) -> None:
    reading = read(resolve, asked, "2025年横街要打造个什么小镇", "好好，谢谢")
    assert reading.text == "2025年洞桥要打造个什么小镇"
    assert [c.surface for c in reading.strong if c.surface in ("洞桥", "横街")] == ["洞桥"]
    assert reading.years == (2025,)
    assert reading.followup


def test_a_name_asked_of_a_topic_leaves_the_topic(resolve: Resolve) -> None:
    reading = read(resolve, "那横街呢", "幼儿园有多少所")
    assert "幼儿园" in {w for c in reading.strong for w in c.words}


def test_a_status_alone_is_no_topic_of_its_own(resolve: Resolve) -> None:
    reading = read(resolve, "20年实际到多少", "2025年幼儿园要有多少所")
    assert reading.followup
    assert (reading.years, reading.status) == ((2020,), "实际")


def test_a_new_question_leaves_the_old_one_behind(resolve: Resolve) -> None:
    reading = read(resolve, "公租房有多少户家庭受益", "2020年地区生产总值是多少")
    assert not reading.followup
    assert reading.years == ()


def test_without_history_nothing_is_a_follow_up(resolve: Resolve) -> None:
    assert not read(resolve, "那2025年呢").followup


def test_an_empty_message_has_no_concepts(resolve: Resolve) -> None:
    reading = read(resolve, "")
    assert (reading.concepts, reading.years, reading.asks) == ((), (), frozenset())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("机场四期什么时候完工", "四期"),
        ("海曙中学哪年招生", "海曙中学"),
        ("屠呦呦的老房子派什么用场", "屠呦呦"),
    ],
)
def test_names_and_phases_are_things_of_their_own(resolve: Resolve, text: str, name: str) -> None:
    assert name in [c.surface for c in read(resolve, text).strong]


@pytest.mark.parametrize("text", ["十四五一共要改几个小区", "十三五一共建了几所学校"])
def test_a_plan_and_a_word_behind_it_are_no_number(resolve: Resolve, text: str) -> None:
    assert read(resolve, text).years in ((2025,), (2020,))


def test_what_was_and_what_is_to_be_are_both_asked_for(resolve: Resolve) -> None:
    assert read(resolve, "垃圾回收利用率20年多少,要提到多少").years == ()
    assert read(resolve, "重点项目21年几个,要投多少").years == (2021,)


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("帮我查查对门302王阿婆的身份证号和手机", True),
        ("住南门的陈国华手机号", True),
        ("打听一下楼上那家人的电话", True),
        ("办居住证要身份证吗", False),
        ("高桥卫生院电话多少", False),
        ("江夏街道电话", False),
    ],
)
def test_another_persons_data_is_told_from_an_office(resolve: Resolve, text: str, personal: bool) -> None:
    assert ("personal" in read(resolve, text).asks) == personal


def test_while_typing_words_stay_as_they_are_spelt(resolve: Resolve) -> None:
    assert resolve.read("幼儿圆多少", spelt=True).text == "幼儿圆多少"
    assert resolve.read("幼儿圆多少").text == "幼儿园多少"
