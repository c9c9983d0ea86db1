"""The gate: strong evidence passes; what is missing is refused with its reason, never answered with something else."""

from __future__ import annotations

import pytest

from actions.answering.answer import Question
from actions.answering.gate import Gate
from actions.answering.resolve import Resolve
from actions.answering.state import State
from embeddings.retriever import Evidence
from tests.actions.answering.making import CARE, asked, evidence, read, source
from tests.real import Real

PHONE = "联系电话0574-87654321，累计建成居家养老服务机构273个。"
THEIRS = source("镇海", name="z")


def passed(resolve: Resolve, text: str, *found: Evidence, history: tuple[str, ...] = ()) -> State:
    state = asked(resolve, text, *history)
    state.evidence = list(found)
    Gate()(state)
    return state


def status(state: State) -> str:
    return state.draft.status if state.draft else ""


def test_strong_evidence_passes(resolve: Resolve) -> None:
    state = passed(resolve, "居家养老服务机构有多少个", evidence())
    assert status(state) == ""
    assert [e.statement.text for e in state.evidence] == [CARE]


@pytest.mark.parametrize(
    "weak",
    [
        {"similarity": 0.3},
        {"score": 1.0},
        {"rejected": "district:镇海", "score": 1.0},
    ],
)
def test_weak_evidence_is_refused(resolve: Resolve, weak: dict[str, float]) -> None:
    state = passed(resolve, "居家养老服务机构有多少个", evidence(**weak))  # type: ignore[arg-type]
    assert status(state) == "refused_not_in_sources"


def test_words_in_common_without_likeness_are_no_evidence(resolve: Resolve) -> None:
    lexical_only = evidence(score=20.0, similarity=0.2, coverage=1.0)
    assert status(passed(resolve, "居家养老服务机构有多少个", lexical_only)) == "refused_not_in_sources"


def test_what_lacks_a_thing_that_is_asked_about_has_to_be_more_alike(resolve: Resolve) -> None:
    question = "居家养老服务机构的噪音"
    noise = next(c for c in read(resolve, question).strong if c.surface == "噪音")
    for similarity, passes in ((0.86, False), (0.9, True)):
        found = evidence(similarity=similarity, coverage=0.6, missing=(noise,))
        assert (status(passed(resolve, question, found)) == "") == passes
    assert status(passed(resolve, question, evidence(similarity=0.86))) == ""


def test_a_near_miss_is_near_to_the_new_question(real: Real) -> None:
    answer = real.ask("老人证怎么办", "四明山有什么好玩的")
    assert answer.status == "refused_not_in_sources"
    assert "四明山" not in answer.text
    assert "四明山" in real.ask("那电话多少", "四明山有什么好玩的").text


def test_nothing_found_is_refused_with_the_way_out(resolve: Resolve) -> None:
    state = passed(resolve, "居家养老服务机构有多少个")
    assert status(state) == "refused_not_in_sources"
    assert state.draft is not None
    assert "81890" in state.draft.tail
    assert state.draft.evidence == []


def test_what_is_known_nearby_is_shown_with_a_refusal(resolve: Resolve) -> None:
    state = passed(resolve, "居家养老服务机构的电话多少", evidence())
    assert status(state) == "refused_not_in_sources"
    assert state.draft is not None
    assert "电话" in state.draft.lead
    assert state.draft.evidence
    assert state.notes["known"]


def test_an_attribute_is_answered_where_the_sentence_holds_it(resolve: Resolve) -> None:
    assert status(passed(resolve, "居家养老服务机构的电话多少", evidence(PHONE))) == ""


@pytest.mark.parametrize(
    ("text", "wanting"),
    [
        ("公租房怎么申请", "新增公租房家庭1395户。"),
        ("图书馆几点开门", "图书馆新馆2020年建成。"),
        ("养老院一个月多少钱", CARE),
        ("居家养老服务机构名单", CARE),
        ("为什么建居家养老服务机构", CARE),
    ],
)
def test_a_near_miss_is_refused_not_answered(resolve: Resolve, text: str, wanting: str) -> None:
    assert status(passed(resolve, text, evidence(wanting))) == "refused_not_in_sources"


def test_built_is_no_share(resolve: Resolve) -> None:
    state = passed(resolve, "居家养老服务机构占百分之几", evidence("累计建成居家养老服务机构273个。"))
    assert status(state) == "refused_not_in_sources"


def test_a_sentence_of_the_asked_year_is_preferred_and_no_other_takes_its_place(resolve: Resolve) -> None:
    now, planned = evidence(), evidence("到2025年，居家养老服务机构达到300个。", of=source(kind="plan"))
    state = passed(resolve, "2025年居家养老服务机构多少个", now, planned)
    assert status(state) == ""
    assert [e.statement.years for e in state.evidence] == [(2025,)]
    refused = passed(resolve, "2030年居家养老服务机构多少个", now, planned)
    assert status(refused) == "refused_other_year"
    assert refused.draft is not None
    assert "2030年" in refused.draft.lead


def test_another_districts_fact_is_noted_never_passed_on_as_ours(resolve: Resolve) -> None:
    theirs = evidence("镇海累计建成居家养老服务机构97个。", of=THEIRS, rejected="district:镇海")
    state = passed(resolve, "居家养老服务机构有多少个", theirs)
    assert theirs not in state.evidence
    assert state.notes["foreign"] == [theirs]


def test_our_own_fact_is_preferred_to_theirs(resolve: Resolve) -> None:
    theirs = evidence("镇海累计建成居家养老服务机构97个。", of=THEIRS, rejected="district:镇海", score=9.2)
    state = passed(resolve, "居家养老服务机构有多少个", evidence(), theirs)
    assert "foreign" not in state.notes
    assert status(state) == ""


@pytest.mark.parametrize("text", ["鄞州居家养老服务机构有多少个", "杭州有多少养老院"])
def test_places_without_documents_are_refused_by_name(resolve: Resolve, text: str) -> None:
    state = passed(resolve, text, evidence())
    assert status(state) == "refused_other_district"
    assert state.draft is not None
    assert text[:2] in state.draft.lead


@pytest.mark.parametrize("text", ["我的社保余额还有多少", "帮我查一下邻居的手机号"])
def test_personal_matters_are_refused(resolve: Resolve, text: str) -> None:
    assert status(passed(resolve, text, evidence())) == "refused_personal_data"


@pytest.mark.parametrize("text", ["明天天气怎么样", "双色球开奖号码", "红烧肉怎么做好吃"])
def test_other_services_are_refused(resolve: Resolve, text: str) -> None:
    assert status(passed(resolve, text, evidence(coverage=0.1))) == "refused_other_service"


def test_who_holds_an_office_now_is_not_told_from_an_old_page(resolve: Resolve) -> None:
    old = evidence("海曙区区长张某主持会议。")
    assert status(passed(resolve, "区长是谁", old)) == "refused_other_year"


@pytest.mark.parametrize("text", ["", "啊", "的"])
def test_a_message_that_names_nothing_is_asked_back(resolve: Resolve, text: str) -> None:
    assert status(passed(resolve, text, evidence())) == "clarify"


def test_rows_and_footnotes_do_not_speak_for_themselves(resolve: Resolve) -> None:
    row = evidence("居家养老服务机构（个）：2020年 273", kind="table_row")
    note = evidence("注：居家养老服务机构273个为预计值。")
    assert status(passed(resolve, "居家养老服务机构有多少个", row, note)) == "refused_not_in_sources"


def test_an_earlier_answer_ends_the_matter_in_the_pipeline_not_here(resolve: Resolve) -> None:
    """The gate itself always judges; steps after a draft are not run at all (see the pipeline)."""
    state = State(Question("?"), reading=asked(resolve, "居家养老服务机构有多少个").reading)
    Gate()(state)
    assert status(state) == "refused_not_in_sources"


def test_refusals_to_english_questions_are_in_english(resolve: Resolve) -> None:
    for text in ("How many care homes are there in Hangzhou?", "what is the phone number of the library"):
        state = passed(resolve, text, evidence(score=1.0))
        assert state.draft is not None
        assert state.draft.lead.isascii()
        assert state.draft.tail.isascii()
