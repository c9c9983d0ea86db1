"""Repeated questions are answered from memory, and nothing of who asked is kept."""

from __future__ import annotations

import pickle

import pytest

from actions.answering.answer import Answer, Citation, Question
from actions.answering.repeated import Repeated
from tests.real import Real

CITED = Citation("s", "o", "题", "海曙", "2021-01-01", (), "句", 0, 1, "p", "句")


class Counting:
    """Answers everything that is not «不知道», and counts."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        if question.text == "不知道":
            return Answer("没有查到「不知道」", "refused_not_in_sources", refused=True)
        return Answer(f"答{len(self.asked)}", "answered", (CITED,), trace={"reading": question.text})


@pytest.fixture
def pipeline() -> Counting:
    return Counting()


@pytest.fixture
def repeated(pipeline: Counting) -> Repeated:
    return Repeated(pipeline, kept=2)  # type: ignore[arg-type]


def test_the_second_time_is_the_first_answer(repeated: Repeated, pipeline: Counting) -> None:
    first, second = repeated.answer(Question("助餐点")), repeated.answer(Question("助餐点"))
    assert first == replace_ms(second, first.ms)
    assert len(pipeline.asked) == 1


def replace_ms(answer: Answer, ms: float) -> Answer:
    return Answer(
        answer.text, answer.status, answer.citations, answer.suggestions, ms, refused=answer.refused
    )


def test_what_was_said_before_is_part_of_the_question(repeated: Repeated, pipeline: Counting) -> None:
    repeated.answer(Question("那2025年呢", ("助餐点",)))
    repeated.answer(Question("那2025年呢", ("人才",)))
    repeated.answer(Question("那2025年呢"))
    assert len(pipeline.asked) == 3


def test_turns_do_not_run_together(repeated: Repeated, pipeline: Counting) -> None:
    repeated.answer(Question("丙", ("甲乙",)))
    repeated.answer(Question("丙", ("甲", "乙")))
    assert len(pipeline.asked) == 2


def test_refusals_are_made_anew(repeated: Repeated, pipeline: Counting) -> None:
    repeated.answer(Question("不知道"))
    repeated.answer(Question("不知道"))
    assert len(pipeline.asked) == 2


def test_those_not_asked_for_the_longest_go_first(repeated: Repeated, pipeline: Counting) -> None:
    for text in ("甲", "乙", "甲", "丙", "甲", "乙"):
        repeated.answer(Question(text))
    assert [question.text for question in pipeline.asked] == ["甲", "乙", "丙", "乙"]


def test_neither_questions_nor_traces_are_kept(repeated: Repeated) -> None:
    repeated.answer(Question("我叫王小明", ("住在某处",)))
    kept = pickle.dumps(list(repeated._answers.items()))
    assert "王小明".encode() not in kept
    assert "某处".encode() not in kept


def test_the_real_pipeline_says_the_same_again(real: Real) -> None:
    repeated = Repeated(real.answerer)
    question = Question("2020年居家养老服务中心建了几个")
    first, second = repeated.answer(question), repeated.answer(question)
    assert first.citations
    assert (second.text, second.citations, second.suggestions) == (
        first.text,
        first.citations,
        first.suggestions,
    )
    assert first.payload() == {**second.payload(), "ms": first.ms}
