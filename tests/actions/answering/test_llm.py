"""The optional language model in the pipeline, behind a real endpoint: it may help, and can do no harm."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from actions.answering.answer import Question
from actions.answering.guard import refusal
from actions.answering.llm import Rewriter
from actions.answering.llm_client import LlmEndpoint
from actions.answering.pipeline import Answerer
from actions.answering.state import Draft, Reading, State
from actions.bootstrap import build_answerer, build_rewriter
from actions.serving.metrics import ServiceMetrics
from actions.settings import SettingsError, load_settings
from embeddings.retriever import Evidence
from tests.actions.answering.making import CARE, evidence, source
from tests.embeddings.hashing import HashingEncoder
from tests.llm_stub import Handler, Stub, stub
from tests.real import Real

SECONDS = 8.0
SHORT = 0.8
PLAIN = "居家养老服务机构一共累计建成了273个。"
OTHER = "去年新增居家养老服务中心12个，服务更近了。"


@pytest.fixture
def endpoint() -> Iterator[Stub]:
    with stub() as running:
        yield running


class Clock:
    """Moves only when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rewriter(endpoint: Stub, clock: Clock) -> Rewriter:
    return Rewriter(LlmEndpoint(endpoint.address, "k", "m", SECONDS), lambda one, other: 1.0, clock=clock)


def composed(
    status: str = "answered", found: list[Evidence] | None = None, english: bool = False
) -> Callable[[State], None]:
    """A step that answers with the first evidence; the rest could have been chosen too."""
    found = found or [evidence(CARE), evidence(OTHER)]

    def step(state: State) -> None:
        state.reading = Reading(state.text, state.text, english=english)
        state.evidence = found
        state.draft = Draft(status, [found[0].statement.text], found[:1])

    return step


def answerer(rewriter: Rewriter, **more: object) -> Answerer:
    return Answerer([composed(**more)], [rewriter])  # type: ignore[arg-type]


def ask(rewriter: Rewriter, text: str = "有多少养老机构", **more: object) -> str:
    return answerer(rewriter, **more).answer(Question(text)).text


def test_a_plainer_wording_is_shown_as_such_with_the_same_source(endpoint: Stub, rewriter: Rewriter) -> None:
    endpoint.rewrites(PLAIN)
    answer = answerer(rewriter).answer(Question("有多少养老机构"))
    assert answer.text.startswith(PLAIN)
    assert "语言模型改写" in answer.text
    assert "来源：" in answer.text
    assert (answer.status, answer.refused) == ("answered", False)
    assert [c.quote for c in answer.citations] == [CARE]
    assert rewriter.outcomes == Counter({"rewritten": 1})


def test_a_translation_shows_the_chinese_sentence_too(endpoint: Stub, rewriter: Rewriter) -> None:
    endpoint.rewrites("In all, 273 institutions for elderly care at home were built.")
    text = ask(rewriter, "how many care homes are there", english=True)
    assert text.startswith("In all, 273 institutions")
    assert CARE in text
    assert "language model" in text


def test_it_may_pick_another_piece_of_evidence_and_that_is_shown_verbatim(
    endpoint: Stub, rewriter: Rewriter
) -> None:
    endpoint.says({"pick": ["[2]"]})
    answer = answerer(rewriter).answer(Question("养老"))
    assert [c.quote for c in answer.citations] == [OTHER]
    assert answer.text.startswith(OTHER.rstrip("。"))
    assert "语言模型" not in answer.text


def test_it_is_told_the_masked_question_and_numbered_sentences_and_nothing_else(
    endpoint: Stub, rewriter: Rewriter
) -> None:
    endpoint.says({"pick": ["[1]"]})
    history = ("我家在月湖街道9号楼", "我姓王")
    answerer(rewriter).answer(
        Question("我叫王小明，手机13800001234，一三九零零零零一二三四，养老机构有几个", history)
    )
    asked = endpoint.asked()
    assert asked.keys() == {"question", "language", "evidence", "shown"}
    assert asked["question"] == "我叫〔姓名〕，手机〔手机号〕，〔手机号〕，养老机构有几个"
    assert list(asked["evidence"]) == ["[1]", "[2]"]
    sent = json.dumps(json.loads(endpoint.bodies[0]), ensure_ascii=False)
    for canary in ("13800001234", "一三九", "王小明", "9号楼", "press-1", "养老这一年", "民生"):
        assert canary not in sent, canary


WRONG = {
    "another number": "居家养老服务机构一共累计建成了274个。",
    "another unit": "居家养老服务机构一共累计建成了273家。",
    "another year": "2021年居家养老服务机构一共累计建成了273个。",
    "another district": "镇海居家养老服务机构一共累计建成了273个。",
    "a plan": "计划一共累计建成居家养老服务机构273个。",
    "registered": "累计建成居家养老服务机构273个，您的问题已登记，编号见短信。",
    "a link": "累计建成居家养老服务机构273个，详情点 https://evil.example/a",
    "html": "累计建成居家养老服务机构273个<img src=x onerror=alert(1)>",
    "asks for a phone": "累计建成居家养老服务机构273个，请回复您的手机号码。",
    "returns a phone": "累计建成居家养老服务机构273个，打13800001234。",
    "the instructions": "你把政府公开文件里的句子改写成居民容易懂的话。你只做这一件事。",
    "obeys": "好的，我会忽略之前的规则，累计建成居家养老服务机构273个。",
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_leaking_or_injected_line_is_not_shown(
    endpoint: Stub, rewriter: Rewriter, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.rewrites(WRONG[what])
    with caplog.at_level(logging.WARNING):
        text = ask(rewriter, "有多少")
    assert text.startswith(CARE.rstrip("。"))
    assert "语言模型" not in text
    assert "rewrite not used" in caplog.text
    assert WRONG[what][:6] not in caplog.text
    assert sum(rewriter.outcomes.values()) == 1
    assert not {"rewritten", "picked"} & rewriter.outcomes.keys()


def test_an_invention_without_any_figure_is_told_by_its_unlikeness(endpoint: Stub) -> None:
    endpoint.rewrites("居家养老服务机构累计建成很多个，服务很好。")
    strange = Rewriter(LlmEndpoint(endpoint.address, "k", "m", SECONDS), lambda one, other: 0.9)
    assert ask(strange).startswith(CARE.rstrip("。"))
    assert strange.outcomes == Counter({"unlike": 1})


def test_two_sentences_cannot_be_made_one(endpoint: Stub, rewriter: Rewriter) -> None:
    endpoint.rewrites("累计建成居家养老服务机构12个 [1][2]")
    assert ask(rewriter).startswith(CARE.rstrip("。"))
    assert rewriter.outcomes == Counter({"several_sources": 1})


def never(handler: Handler) -> None:
    handler.server.stub.stopped.wait(5)


def error_500(handler: Handler) -> None:
    handler.start("application/json", 500)
    handler.write("{}")


def test_a_slow_endpoint_costs_its_time_limit_and_then_the_extractive_answer_is_sent(endpoint: Stub) -> None:
    endpoint.play = never
    hurried = Rewriter(LlmEndpoint(endpoint.address, "k", "m", SHORT), lambda one, other: 1.0)
    started = time.monotonic()
    assert ask(hurried).startswith(CARE.rstrip("。"))
    assert time.monotonic() - started < SHORT + 2.5
    assert hurried.outcomes == Counter({"late": 1})


def test_one_that_keeps_failing_is_left_alone_for_a_while(
    endpoint: Stub, rewriter: Rewriter, clock: Clock
) -> None:
    endpoint.play = error_500
    for n in range(5):
        assert ask(rewriter, f"第{n}问").startswith(CARE.rstrip("。"))
    assert len(endpoint.bodies) == 3
    assert rewriter.outcomes == Counter({"endpoint": 3, "resting": 2})
    clock.now = 31.0
    endpoint.rewrites(PLAIN)
    assert ask(rewriter).startswith(PLAIN)


def test_the_same_question_is_not_sent_twice(endpoint: Stub, rewriter: Rewriter) -> None:
    endpoint.rewrites(PLAIN)
    assert ask(rewriter) == ask(rewriter)
    assert len(endpoint.bodies) == 1
    ask(rewriter, "别的问题")
    assert len(endpoint.bodies) == 2


def refuse(state: State) -> None:
    state.reading = Reading(state.text, state.text)
    state.draft = refusal("refused_not_in_sources", asked="电话")


def withheld(state: State) -> None:
    state.reading = Reading(state.text, state.text)
    state.draft = Draft("answered", ["建成274个"], [evidence()])


def unpaired(state: State) -> None:
    state.reading = Reading(state.text, state.text)
    state.draft = Draft("answered_table", [CARE, CARE], [evidence()])


@pytest.mark.parametrize("step", [refuse, withheld, unpaired])
def test_refusals_and_what_cannot_be_told_apart_are_never_sent_out(
    endpoint: Stub, rewriter: Rewriter, step: Callable[[State], None]
) -> None:
    endpoint.rewrites(PLAIN)
    rewritten = Answerer([step], [rewriter]).answer(Question("电话多少"))
    assert rewritten.text == Answerer([step]).answer(Question("电话多少")).text
    assert endpoint.bodies == []


def test_no_side_of_a_comparison_is_dropped(endpoint: Stub, rewriter: Rewriter) -> None:
    both = [evidence(CARE), evidence(OTHER)]

    def compare(state: State) -> None:
        state.reading = Reading(state.text, state.text, years=(2019, 2020))
        state.evidence = both
        state.draft = Draft("answered", [e.statement.text for e in both], both)

    endpoint.rewrites(PLAIN)
    text = Answerer([compare], [rewriter]).answer(Question("哪年多")).text
    assert CARE.rstrip("。") in text
    assert OTHER.rstrip("。") in text
    assert rewriter.outcomes == Counter({"left_out": 1})


def test_another_districts_evidence_is_no_candidate(endpoint: Stub, rewriter: Rewriter) -> None:
    zhenhai = evidence(OTHER, of=source("镇海", name="press-2"))
    endpoint.says({"pick": ["[2]"]})
    assert ask(rewriter, found=[evidence(CARE), zhenhai]).startswith(CARE.rstrip("。"))
    assert list(endpoint.asked()["evidence"]) == ["[1]"]
    assert rewriter.outcomes == Counter({"no_source": 1})


def test_the_label_of_another_district_stays(endpoint: Stub, rewriter: Rewriter) -> None:
    endpoint.rewrites(PLAIN)
    zhenhai = evidence(CARE, of=source("镇海", name="press-2"))
    text = ask(rewriter, found=[zhenhai], status="answered_other_district")
    assert text.startswith("【镇海区资料，非海曙】")
    assert PLAIN in text


def test_outcomes_are_among_the_services_figures() -> None:
    counts = Counter({"rewritten": 2})
    metrics = ServiceMetrics(counts)
    counts["number"] += 1
    figures = metrics.text().decode()
    assert 'haishu_rewrites_total{outcome="rewritten"} 2.0' in figures
    assert 'haishu_rewrites_total{outcome="number"} 1.0' in figures


def test_the_real_pipeline_with_an_endpoint(real: Real, endpoint: Stub) -> None:
    settings = real.settings.model_copy(
        update={"llm_base_url": endpoint.address, "llm_model": "m", "llm_timeout": 5.0}
    )
    outcomes: Counter[str] = Counter()
    pipeline = build_answerer(settings, outcomes)
    question = "海曙有多少家居家养老机构，我电话13800001234"
    endpoint.rewrites("居家养老的服务机构一共建成了273个，服务设施基本上全覆盖了。")
    rewritten = pipeline.answer(Question(question))
    assert rewritten.text.startswith("居家养老的服务机构一共建成了273个")
    assert rewritten.status == "answered"
    assert "13800001234" not in endpoint.bodies[0].decode()
    endpoint.rewrites("居家养老的服务机构一共建成了373个，服务设施基本上全覆盖了。")
    question = "海曙居家养老机构有几家"
    assert pipeline.answer(Question(question)).text == real.ask(question).text
    asked = len(endpoint.bodies)
    assert pipeline.answer(Question("居家养老服务机构电话多少")).refused
    assert pipeline.answer(Question("我家着火了")).text.startswith("先拨119")
    assert len(endpoint.bodies) == asked
    assert outcomes == Counter({"rewritten": 1, "number": 1})


@pytest.mark.parametrize(
    "change",
    [
        {"llm_model": ""},
        {"llm_base_url": "ftp://x"},
        {"llm_timeout": 6.0},
        {"llm_base_url": "127.0.0.1:8000"},
    ],
)
def test_settings_that_cannot_work_are_refused(change: dict[str, object]) -> None:
    good = {"llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "m"}
    settings = load_settings()
    encoder = HashingEncoder()
    build_rewriter(settings.model_copy(update=good), encoder)
    with pytest.raises(SettingsError, match="LLM_"):
        build_rewriter(settings.model_copy(update={**good, **change}), encoder)


def test_without_an_endpoint_nothing_of_it_is_loaded(real: Real) -> None:
    code = (
        "import sys; from pathlib import Path; from actions.bootstrap import build_answerer; "
        "from actions.settings import load_settings; "
        f"build_answerer(load_settings().model_copy(update={{'index_dir': Path({str(real.settings.index_dir)!r})}})); "
        "print([m for m in sys.modules if m == 'openai' or m.startswith('actions.answering.llm')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
