"""From a reading to a query, and from there to evidence in the published documents."""

from __future__ import annotations

import pytest

from actions.answering.resolve import Resolve
from actions.answering.retrieve import Retrieve, query_of, written
from tests.actions.answering.making import asked, read
from tests.real import Real


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("养老机构有多少", "number"),
        ("医院什么时候建成", "time"),
        ("医院建在哪里", "place"),
        ("包括哪些内容", "list"),
        ("比上年增长多少", "growth"),
        ("图书馆面积多少", "area"),
        ("投了多少钱", "money"),
        ("占百分之几", "share"),
        ("有多少人受益", "people"),
    ],
)
def test_the_query_says_what_sort_of_thing_is_wanted(resolve: Resolve, text: str, wants: str) -> None:
    assert wants in query_of(read(resolve, text)).wants


def test_year_sense_and_district_go_along(resolve: Resolve) -> None:
    query = query_of(read(resolve, "镇海2025年目标是多少"))
    assert (query.years, query.status, query.districts) == ((2025,), "目标", ("镇海",))


def test_a_past_year_hints_at_results(resolve: Resolve) -> None:
    assert query_of(read(resolve, "2020年幼儿园多少所")).lean == "实际"
    assert query_of(read(resolve, "2025年幼儿园多少所")).lean == ""
    assert query_of(read(resolve, "2020年幼儿园目标多少所")).lean == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [("规划里养老怎么写的", "plan"), ("工作报告里养老怎么说", "work_report"), ("养老怎么样", "")],
)
def test_a_named_document_is_passed_on(resolve: Resolve, text: str, kind: str) -> None:
    assert query_of(read(resolve, text)).document == kind


def test_everyday_words_are_put_as_the_documents_write_them(resolve: Resolve) -> None:
    reading = read(resolve, "送饭的点有多少个")
    assert "助餐" in written(reading)
    assert reading.text == "送饭的点有多少个"


@pytest.mark.parametrize(
    ("question", "piece"),
    [
        ("海曙有多少家居家养老机构", "居家养老服务机构273个"),
        ("老房子加装电梯多少部", "电梯"),
        ("81890合并了多少条热线", "80余条"),
        ("how many home-care institutions", "273"),
    ],
)
def test_the_sentence_is_among_the_best(real: Real, resolve: Resolve, question: str, piece: str) -> None:
    state = asked(resolve, question)
    Retrieve(real.retriever)(state)
    assert any(piece in e.statement.text for e in state.evidence[:5])


def test_each_of_several_questions_gets_evidence_of_its_own(real: Real, resolve: Resolve) -> None:
    state = asked(resolve, "幼儿园有多少所，公租房有多少户？")
    Retrieve(real.retriever)(state)
    found = [e.statement.passage.text for part in state.notes["parts"] for e in part]
    assert any("公租房" in text for text in found)


def test_asking_twice_gives_the_same(real: Real, resolve: Resolve) -> None:
    first, second = asked(resolve, "幼儿园有多少所"), asked(resolve, "幼儿园有多少所")
    Retrieve(real.retriever)(first)
    Retrieve(real.retriever)(second)
    assert first.evidence == second.evidence
