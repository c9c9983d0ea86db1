"""One thing at several times or in several documents."""

from __future__ import annotations

import pytest

from actions.answering.frames import frames_of
from tests.real import Real


@pytest.mark.parametrize(
    ("asked", "frames"),
    [
        ("郁家巷20年做到哪一步了,以后派啥用场", [((2020,), "", "实际"), ((), "", "目标")]),
        ("工作报告和规划里对樱花都怎么讲", [((), "work_report", ""), ((), "plan", "")]),
        ("2020年报告和十四五规划分别怎么讲的", [((2020,), "work_report", ""), ((), "plan", "")]),
        ("停车位19年、20年各加了多少", [((2019,), "", ""), ((2020,), "", "")]),
        ("从19年到十四五是怎么推进的", [((2019,), "", ""), ((), "plan", "")]),
        ("当初怎么评上的,到2025年想做成啥", [((), "", "实际"), ((2025,), "", "目标")]),
        ("规划里怎么写的,后来报纸上又叫它什么", [((), "plan", ""), ((), "press", "")]),
        ("2019年实际多少,不要计划数", [((2019,), "", "实际")]),
        ("海曙有多少家养老机构", []),
        ("报告2020年的数字", [((2020,), "work_report", "")]),
    ],
)
def test_times_and_documents_named(asked: str, frames: list[tuple[tuple[int, ...], str, str]]) -> None:
    assert [(f.years, f.document, f.status) for f in frames_of(asked)] == frames


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            "中医药特色街区2020年走到哪一步，往后想做成什么样",
            ("规划方案编制", "中医药"),
        ),
        ("翠柏里在十四五规划里想建成什么，后来新闻里又怎么说", ("人才汇聚高地", "翠柏里")),
        ("蔺草在报告里怎么讲，规划里又怎么讲", ("产业化", "改造提升")),
    ],
)
def test_each_is_told_with_its_own_source(real: Real, asked: str, told: tuple[str, str]) -> None:
    answer = real.ask(asked)
    assert answer.status == "answered"
    assert all(part in answer.text for part in told)
    assert len({c.source_id for c in answer.citations}) > 1


def test_a_table_row_is_no_frame(real: Real) -> None:
    answer = real.ask("城镇新增就业，2019年实际多少，2020年要求多少")
    assert "2.4万人" in answer.text
    assert "18500" in answer.text.replace(" ", "")
    assert "—" not in answer.text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("社会救助整合了几个部门，救助的钱一共花了多少", ("19个部门", "1.2亿元")),
        ("普济医院总投资多少，是按什么等级造的", ("18亿元", "三级甲等")),
        ("合流管要改造几条？农村污水还要治理几个村", ("52条", "38个")),
        ("机场三期投用了没有，四期要建什么", ("机场三期", "T3")),
    ],
)
def test_each_question_of_a_message_is_answered(real: Real, asked: str, told: tuple[str, str]) -> None:
    text = real.ask(asked).text
    assert all(part in text for part in told)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("养老院床位费一个月多少", "refused_not_in_sources"),
        ("立体停车场停一个钟头收几块", "refused_not_in_sources"),
        ("去年评上的36个示范村的名单有吗", "refused_not_in_sources"),
        ("夫妻离婚财产怎么分", "refused_other_service"),
        ("我老公又打我了", "emergency"),
    ],
)
def test_what_the_sources_cannot_tell(real: Real, asked: str, status: str) -> None:
    assert real.ask(asked).status == status


def test_a_sum_paid_out_is_no_fee(real: Real) -> None:
    assert "4229万元" in real.ask("稳岗返还一共发了多少资金").text


def test_what_was_planned_beside_what_there_is(real: Real) -> None:
    text = real.ask("每百名老人有几张养老床位，原来计划几张").text
    assert "5.4" in text
    assert "4.5" in text


def test_a_count_without_its_thing_belongs_to_the_turn_before(real: Real) -> None:
    assert "65项" in real.ask("政策有几项", "社会救助整合了几个部门").text


def test_now_is_not_the_year_that_lies_ahead(real: Real) -> None:
    assert "2020年实际 85%" in real.ask("眼下到多少了", "到2025年常住人口城镇化率要达到多少").text


def test_a_footnote_stands_beside_its_figure(real: Real) -> None:
    text = real.ask("2020年机场旅客吞吐量多少").text
    assert "897.2万人" in text
    assert "注：机场旅客吞吐量指标2019年值为1243万人" in text


def test_a_list_is_shown_from_its_beginning(real: Real) -> None:
    text = real.ask("十四五的十大项目工程是哪十个").text
    assert "四明山区域环线公路网" in text
    assert "未来社区" in text
