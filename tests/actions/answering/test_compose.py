"""Composing: what is shown stands in the passage word for word, with year, sense and place; never too much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.answering.answer import Question
from actions.answering.compose import Compose, choose, render, source_line, stance_label
from actions.answering.place import cite
from actions.answering.shown import MAX_CLAIM, shown, told
from actions.answering.state import Draft, Reading, State
from embeddings.retriever import Evidence
from knowledge.statements import Statement
from tests.actions.answering.making import CARE, evidence, source

LONG = (
    "大力推进姚江新城、空铁新城建设，完成老旧小区改造183个，"
    "新建改建农村公路二十公里以上，打通断头路五条，新增公共停车泊位三千个以上，"
    "建成品质社区十个，改造提升菜场六家，新增绿地四十万平方米，整治河道十二公里，"
    "让群众出门见绿、推窗见景。"
)
READING = Reading("养老机构多少", "养老机构多少")


def composed(found: list[Evidence], reading: Reading = READING, **notes: object) -> Draft:
    state = State(Question(reading.asked), reading=reading, evidence=found, notes=dict(notes))
    Compose()(state)
    assert state.draft is not None
    return state.draft


def test_the_sentence_is_shown_as_it_stands() -> None:
    draft = composed([evidence()])
    assert (draft.status, draft.claims) == ("answered", [CARE])
    text, (citation,) = render(draft, READING)
    assert text.splitlines() == [
        f"{CARE}（2020年·实际）",
        "来源：《养老这一年》（2021年） · 养老服务",
    ]
    assert citation.quote == CARE


def test_a_long_sentence_is_cut_at_clauses_around_what_answers() -> None:
    found = evidence(LONG)
    middle = Evidence(
        Statement(
            found.statement.passage,
            LONG.index("新增公共停车"),
            LONG.index("建成品质"),
            (0, len(LONG)),
            (2020,),
            "实际",
        ),
        9.0,
        0.95,
        1.0,
        (),
    )
    text = shown(middle)
    assert "新增公共停车泊位三千个以上" in text
    assert text in LONG
    assert len(text) <= MAX_CLAIM


def test_everything_shown_of_the_documents_is_verbatim_and_short(cut: tuple[Statement, ...]) -> None:
    for s in cut:
        if s.passage.kind != "prose":
            continue
        text = shown(Evidence(s, 9.0, 0.9, 1.0, ()))
        assert text in "".join(s.passage.text.split("\n")).replace("  ", " ") or text in s.passage.text
        assert len(text) <= MAX_CLAIM + 20
        assert s.text.strip(" ，,；;、\n")[:8].replace("\n", "") in text.replace("\n", "")


def test_table_rows_and_terms_are_shown_whole() -> None:
    row = evidence("地区生产总值（亿元）：2020年 1201", kind="table_row")
    assert shown(row) == row.statement.passage.text
    assert stance_label(row) == ""


def test_a_nearly_as_good_sentence_is_shown_too_a_worse_one_not() -> None:
    best, near = evidence(), evidence("助餐服务达73万人次。", score=8.5)
    assert composed([best, near, evidence("建成公园6个。", score=4.0)]).evidence == [best, near]
    assert len(composed([best, near]).claims) == 2


def test_the_same_sentence_is_not_shown_twice() -> None:
    assert len(composed([evidence(), evidence(score=8.9)]).claims) == 1


def test_of_two_asked_years_each_gets_its_sentence() -> None:
    now, then = evidence(), evidence("到2025年，居家养老服务机构达到300个。", score=7.0)
    reading = Reading("2020年和2025年多少", "2020年和2025年多少", years=(2020, 2025))
    assert choose([now, then], reading) == [now, then]


def test_of_two_districts_each_gets_its_sentence_and_zhenhai_is_named() -> None:
    ours, theirs = evidence(), evidence("累计建成97个。", of=source("镇海", name="z"), score=7.0)
    reading = Reading("哪个多", "哪个多", districts=("海曙", "镇海"))
    assert choose([ours, theirs], reading) == [ours, theirs]


def test_another_districts_answer_says_so_first() -> None:
    theirs = evidence("累计建成97个。", of=source("镇海", name="z"))
    text, citations = render(composed([], foreign=[theirs]), READING)
    assert text.index("【镇海区资料，非海曙】") < text.index("97个")
    assert [c.district for c in citations] == ["镇海"]
    asked_there = composed([theirs], Reading("镇海多少", "镇海多少", districts=("镇海",)))
    assert asked_there.status == "answered_other_district"


def test_an_earlier_answer_is_left_alone() -> None:
    earlier = Draft("clarify", [])
    state = State(Question("?"), reading=READING, evidence=[evidence()], draft=earlier)
    Compose()(state)
    assert state.draft is earlier


def test_a_refusal_shows_what_is_known_and_the_way_out() -> None:
    draft = Draft(
        "refused_other_year", [], [evidence()], lead="资料里没有2030年的情况。", tail="请拨打81890。"
    )
    text, citations = render(draft, READING, known="已经公布的是：")
    assert text.splitlines()[0] == draft.lead
    assert "已经公布的是：" in text
    assert "（2020年·实际）" in text
    assert text.endswith("请拨打81890。")
    assert len(citations) == 1


def test_one_place_is_named_once_and_at_most_three() -> None:
    same = composed([evidence(), evidence("助餐服务达73万人次。", score=8.8)])
    assert render(same, READING)[0].count("来源：") == 1
    many = Draft(
        "answered", ["甲"], [evidence(f"{n}。", of=source(name=f"s{n}"), heading=(n,)) for n in "甲乙丙丁"]
    )
    assert render(many, READING)[0].count("来源：") == 3


def test_the_source_line_names_title_year_and_heading() -> None:
    citation = cite(evidence(), CARE)
    assert source_line(citation) == "来源：《养老这一年》（2021年） · 养老服务"
    assert source_line(citation, english=True).startswith("Source：")
    bare = cite(evidence(heading=()), CARE)
    assert source_line(bare) == "来源：《养老这一年》（2021年）"


def test_a_citation_points_to_the_passage_in_the_document() -> None:
    found = evidence(label="养老")
    citation = cite(found, CARE)
    passage = found.statement.passage
    assert (citation.start, citation.end) == (passage.span.start, passage.span.end)
    assert (citation.passage_id, citation.passage_text) == (passage.id, passage.text)
    assert citation.heading == ("民生", "（一）养老服务。", "养老")
    assert (citation.origin, citation.district, citation.published) == ("press-1.txt", "海曙", "2021-03-01")


@pytest.mark.parametrize("english", [False, True])
def test_labels_say_year_and_sense(english: bool) -> None:
    planned = evidence("到2025年，居家养老服务机构达到300个。", of=source(kind="plan"))
    assert stance_label(planned) == "（2025年·五年目标）"
    text, _ = render(composed([planned]), Reading("?", "?", english=english))
    assert "（2025年·五年目标）" in text


def part_of(text: str, start: str, end: str, similarity: float) -> Evidence:
    """One statement of a passage that is a single sentence."""
    found = evidence(text)
    at, whole = text.index(start), (0, len(text))
    cut = Statement(found.statement.passage, at, text.index(end) + len(end), whole, (2025,), "规划")
    return Evidence(cut, 9.0, similarity, 0.8, ())


TOWN = (
    "横街：融合自然生态景观和竹乡特色，推动浙东大竹海等现有景区提质升级，"
    "加快生态教育公园、艺术创意基地等载体和特色村落建设，打造以教育文创为特色的乐教小镇。"
)


def test_the_part_of_a_long_sentence_most_like_the_question_is_shown_too() -> None:
    first, last = part_of(TOWN, "横街", "竹乡特色，", 0.90), part_of(TOWN, "打造以", "乐教小镇。", 0.95)
    text = told(first, [first, last], READING, 40)
    assert text.startswith("横街：融合自然生态景观")
    assert text.endswith("……打造以教育文创为特色的乐教小镇。")


def test_nothing_is_added_that_is_less_like_it_or_of_another_year() -> None:
    first, last = part_of(TOWN, "横街", "竹乡特色，", 0.96), part_of(TOWN, "打造以", "乐教小镇。", 0.95)
    assert "……" not in told(first, [first, last], READING, 40)
    other = Evidence(replace(last.statement, years=(2020,)), 9.0, 0.99, 0.8, ())
    assert "……" not in told(first, [first, other], READING, 40)


def test_of_things_side_by_side_each_gets_its_sentence() -> None:
    asked = "鄞江跟横街分别要打造成什么小镇"
    both = [
        evidence("鄞江：打造户外攀岩的活力小镇。", score=9.0),
        evidence("横街：打造乐教小镇。", score=5.0),
    ]
    assert choose(both, Reading(asked, asked)) == both


def test_what_was_asked_of_haishu_beside_a_foreign_fact_is_told_as_well() -> None:
    theirs = evidence("去年镇海安排重点项目126个。", source("镇海"), rejected="district:镇海")
    ours = evidence("抓好168个重大项目。")
    draft = composed([], foreign=[theirs], parts=[[ours]])
    text, _ = render(draft, READING)
    assert "【镇海区资料，非海曙】去年镇海安排重点项目126个" in text
    assert "· 抓好168个重大项目" in text
