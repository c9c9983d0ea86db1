"""Indicator rows found by name; the systematic look at every cell is tests/evaluation/test_cells.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.answering.indicators import same_indicator
from actions.answering.resolve import Resolve
from actions.answering.retrieve import Retrieve
from actions.answering.state import Draft, State
from actions.answering.tables import TableRowAnswer
from knowledge.facts import table_facts
from tests.actions.answering.making import asked
from tests.real import Real

Drafted = Callable[..., Draft | None]


@pytest.fixture(scope="module")
def tables(real: Real) -> TableRowAnswer:
    rows = real.corpus.library.rows
    return TableRowAnswer(rows, table_facts(rows), real.retriever)


@pytest.fixture
def drafted(tables: TableRowAnswer, real: Real, resolve: Resolve) -> Drafted:
    def run(text: str, *history: str) -> Draft | None:
        state = asked(resolve, text, *history)
        Retrieve(real.retriever)(state)
        tables(state)
        return state.draft

    return run


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("2025年人才要达到多少", "2025年目标 43万人"),
        ("人才总数2025年目标", "2025年目标 43万人"),
        ("2020年每千人执业医师数实际多少", "2020年实际 5.79人"),
        ("每百名老人有几张养老床位", "2020年实际 5.4张"),
        ("GDP2020年完成了多少", "2020年实际 1201亿元"),
        ("2020年失业率是多少", "<3%"),
        ("城里人人均可支配收入2020年多少", "2020年实际 71391元"),
        ("2025年粮食要产多少亿斤", "2.11亿斤"),
    ],
)
def test_a_cell_is_found_by_its_indicator(drafted: Drafted, text: str, claim: str) -> None:
    found = drafted(text)
    assert found is not None
    assert found.status == "answered_table"
    assert claim in "".join(found.claims)
    assert {e.statement.passage.kind for e in found.evidence} >= {"table_row"}


def test_what_is_asked_of_another_time_is_taken_from_the_other_table(drafted: Drafted) -> None:
    """The plan's table has the doctors under another name."""
    for text in ("每千人有多少医生，2025年目标是多少", "每千人执业医师数现在多少，2025年要多少"):
        draft = drafted(text)
        assert draft is not None
        assert "2020年实际 5.79人" in draft.claims[0]
        assert "2025年目标 5.9个" in draft.claims[1]
        assert len(draft.evidence) == 2


def test_each_of_several_questions_gets_its_own_indicator(drafted: Drafted) -> None:
    draft = drafted("地区生产总值2020年多少，人才总量2025年目标多少")
    assert draft is not None
    product, people = draft.claims
    assert product.startswith("地区生产总值：2020年实际 1201亿元")
    assert people.startswith("人才资源总量：2025年目标 43万人")
    assert "2025" not in product  # that year belongs to the other question
    cited = [evidence.statement.text for evidence in draft.evidence]
    assert all(any(name in text for text in cited) for name in ("地区生产总值", "人才资源总量"))


@pytest.mark.parametrize("text", ["财政收入2020年多少，助餐点有几个", "助餐点有几个，财政收入2020年多少"])
def test_running_text_answers_the_question_beside_a_tables(drafted: Drafted, text: str) -> None:
    draft = drafted(text)
    assert draft is not None
    row, sentence = draft.claims
    assert "115.8亿元" in row
    assert "助餐" in sentence
    assert len(draft.evidence) == 2


def test_no_sentence_of_another_year_is_put_beside_it(drafted: Drafted) -> None:
    draft = drafted("2020年财政收入多少，2025年高企要几家")
    assert draft is not None
    assert len(draft.claims) == 1


@pytest.mark.parametrize(
    "text",
    [
        "人才公寓在哪里",
        "人才房在哪里",
        "镇海地区生产总值多少",
        "养老院电话多少",
        "公租房怎么申请",
        "老旧小区改造多少个",
        "区长是谁",
        "为什么失业率低",
    ],
)
def test_what_no_row_names_is_left_to_the_running_text(drafted: Drafted, text: str) -> None:
    assert drafted(text) is None


def test_a_follow_up_asks_for_the_other_cell(drafted: Drafted) -> None:
    found = drafted("那2025年呢", "2020年地区生产总值是多少")
    assert found is not None
    assert "2000亿元" in found.claims[0]
    assert "1201" not in found.claims[0]


def test_two_figures_for_one_indicator_are_both_shown(drafted: Drafted) -> None:
    found = drafted("2020年高新技术产业增加值占规上工业增加值比重实际是多少")
    assert found is not None
    text = "".join(found.claims)
    assert "37.3%" in text
    assert "36%" in text


def test_an_earlier_answer_is_left_alone(tables: TableRowAnswer, resolve: Resolve) -> None:
    state: State = asked(resolve, "2025年人才要达到多少")
    state.draft = earlier = Draft("clarify", [])
    tables(state)
    assert state.draft is earlier


def test_the_same_indicator_under_two_spellings(real: Real) -> None:
    rows = {row.name: row for row in real.corpus.library.rows}
    research = [row for name, row in rows.items() if name.startswith("研发与试验")]
    assert len(research) == 2
    assert same_indicator(*research)
    assert not same_indicator(rows["城镇居民人均可支配收入（元）"], rows["农村居民人均可支配收入（元）"])


def test_where_a_sentence_tells_another_figure_the_target_of_the_other_table_is_cited_too(real: Real) -> None:
    answer = real.ask("今年区里gdp多少")
    assert answer.status == "answered_table"
    assert "2000亿元" in answer.text
    assert "1200亿元" in answer.text
