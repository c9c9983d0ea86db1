"""Proofs: what a sentence must hold to answer a question of its sort."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.answering.listed import enumerates
from actions.answering.measures import counted_thing
from actions.answering.proof import CHECKS, prefer_wanted
from actions.answering.resolve import Resolve
from actions.answering.thresholds import Thresholds
from tests.actions.answering.making import CARE, evidence, read
from tests.real import Real

LISTED = "建成望春工业园区、智能制造产业园、军民融合产业园等3个园区。"


@pytest.mark.parametrize(
    ("question", "sentence", "lacking"),
    [
        ("养老机构有多少个", CARE, ""),
        ("养老机构投了多少钱", CARE, "金额"),
        ("普济医院投了多少钱", "普济医院总投资18亿元。", ""),
        ("助餐覆盖率百分之几", "助餐服务覆盖率达98%。", ""),
        ("助餐覆盖率百分之几", "新建助餐点12个。", "比例"),
        ("图书馆面积多大面积", "图书馆新馆面积3万平方米。", ""),
        ("工业园区名单", LISTED, ""),
        ("工业园区都叫什么", "建成工业园区3个。", "名单"),
        ("图书馆电话多少", "图书馆新馆2020年建成。", "电话"),
        ("图书馆哪个月开馆", "图书馆新馆加快建设。", "日期"),
        ("图书馆哪个月开馆", "图书馆新馆9月27日开馆。", ""),
        ("图书馆什么时候开馆", "加快图书馆新馆等项目。", "时间"),
        ("图书馆什么时候开馆", "图书馆新馆2020年开馆。", ""),
        ("图书馆造价多少", "图书馆新馆加快建设。", "金额"),
        ("环线公路全长多少", "环线公路让路程缩短20公里。", "长度"),
        ("环线公路全长多少", "环线公路全长35公里。", ""),
        ("图书馆礼拜几开放", "图书馆新馆加快建设。", "时间"),
        ("图书馆拿过什么奖", "图书馆新馆加快建设。", "得奖"),
        ("“五爱”精神是哪五爱", "大力弘扬“五爱”精神，深化创建。", "名单"),
        ("“五爱”精神是哪五爱", "“五爱”即爱山、爱水、爱人、爱书、爱家。", ""),
        ("火灾发生几起", "火灾起数下降三分之一。", "起"),
        ("火灾发生几起", "火灾发生12起。", ""),
    ],
)
def test_each_sort_of_question_wants_its_own(
    resolve: Resolve, question: str, sentence: str, lacking: str
) -> None:
    reading, usable = read(resolve, question), [evidence(sentence)]
    named = next((name for _, name in (c(reading, usable, Thresholds()) for c in CHECKS) if name), "")
    assert (lacking in named) if lacking else (named == "")


def test_checks_never_add_evidence(resolve: Resolve) -> None:
    usable = [evidence(), evidence(LISTED, score=8.0)]
    for question in ("养老机构有多少个", "工业园区名单", "养老院电话", "投了多少钱"):
        for check in CHECKS:
            kept, _ = check(read(resolve, question), usable, Thresholds())
            assert all(e in usable for e in kept)
            assert check(read(resolve, question), [], Thresholds())[0] == []


def test_a_list_names_a_count_does_not() -> None:
    assert enumerates(evidence(LISTED))
    assert not enumerates(evidence("建成工业园区3个。"))


def test_what_is_counted_stands_behind_the_question_word(resolve: Resolve) -> None:
    counted = counted_thing(read(resolve, "有多少个幼儿园"))
    assert counted is not None
    assert counted.surface == "幼儿园"
    assert counted_thing(read(resolve, "幼儿园怎么样")) is None


def test_a_place_comes_first_where_one_is_asked_for(resolve: Resolve) -> None:
    without, place = evidence(), evidence("普济医院建在集士港镇。", score=8.0)
    assert prefer_wanted([without, place], read(resolve, "普济医院建在哪里"))[0] == place
    assert prefer_wanted([without, place], read(resolve, "普济医院有多少"))[0] == without
    assert prefer_wanted([], read(resolve, "普济医院建在哪里")) == []


def test_a_date_of_something_else_is_no_date_of_the_thing_asked(resolve: Resolve) -> None:
    thing = evidence("推进海曙中学建设。", score=12.0, coverage=0.9)
    other = evidence("到2025年，新建小学6所。", score=7.0, coverage=0.3)
    lacking = [check(read(resolve, "海曙中学哪年建好"), [thing, other], Thresholds())[1] for check in CHECKS]
    assert "时间" in lacking


def test_the_early_stage_of_a_project_is_no_time(resolve: Resolve) -> None:
    stage = evidence("持续做好四明山高速等项目前期工作。", score=12.0, coverage=0.9)  # 项目前期 holds 目前
    lacking = [check(read(resolve, "四明山高速哪一年通车"), [stage], Thresholds())[1] for check in CHECKS]
    assert "时间" in lacking


def test_growth_in_numbers_comes_before_growth_without(resolve: Resolve) -> None:
    words, number = (
        evidence("实施投资倍增计划。", score=9.0),
        evidence("投资年均增速达到15%以上。", score=8.0),
    )
    kept = next(
        found
        for check in CHECKS
        if check.__name__ == "measure"
        for found, _ in [check(read(resolve, "投资每年要增长多少"), [words, number], Thresholds())]
    )
    assert kept == [number]


def test_what_is_only_planned_has_no_date_by_being_finished_one_day(resolve: Resolve) -> None:
    found = evidence("推进图书馆新馆等建设，建成后为“十四五”目标提供保障。")
    planned = replace(found, statement=replace(found.statement, status="规划"))
    for usable, lacking in ((planned, True), (evidence("图书馆新馆建成开放。"), False)):
        named = [c(read(resolve, "图书馆什么时候开馆"), [usable], Thresholds())[1] for c in CHECKS]
        assert ("时间" in named) == lacking


@pytest.mark.parametrize(
    ("asked", "lacking"),
    [
        ("绿道一共有几公里", "以公里计"),
        ("全区有多少个公园", "公园的数字"),
        ("老小区加装电梯有没有补贴", "加装电梯的补贴"),
        ("附近哪里可以打疫苗", "地址"),
        ("望春有多少所幼儿园", "望春单独的数字"),
        ("养老金今年涨了多少", "增长情况"),
        ("疫苗在哪里打", "地址"),
        ("建筑垃圾往哪里倒", "地址"),
        ("社保卡怎么换", "办理手续"),
        ("家庭医生怎么签约", "办理手续"),
        ("中小企业贷款有没有贴息", "贷款的贴息"),
        ("有没有创业补贴", "创业的补贴"),
        ("加装电梯要几户同意", "人数"),
        ("鼓楼步行街什么时候改造", "鼓楼的时间"),
        ("集士港什么时候通地铁", "地铁的时间"),
    ],
)
def test_a_number_or_a_subsidy_of_something_else_is_no_answer(real: Real, asked: str, lacking: str) -> None:
    assert lacking in real.lacking(asked)


@pytest.mark.parametrize(
    ("asked", "told"),
    [("充电桩一共要建多少个", "600"), ("19年新增了多少个停车位", "12865"), ("助餐点有几个", "70余")],
)
def test_a_number_beside_what_is_counted_is_one(real: Real, asked: str, told: str) -> None:
    assert told in real.ask(asked).text
