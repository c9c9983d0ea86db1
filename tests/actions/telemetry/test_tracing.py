"""Spans: a chain of parents across processes, over the real wire format; nothing of what was written."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from actions.answering.answer import Question
from actions.answering.guard import refusal
from actions.answering.pipeline import Answerer
from actions.settings import ROOT
from actions.telemetry.correlation import carrying
from actions.telemetry.tracing import TRACEPARENT, Tracing, carrier, onward, span
from tests.actions.telemetry.collector import collecting


def test_two_processes_make_one_trace():
    with collecting() as collector:
        gateway, service = Tracing(collector.url, "gateway"), Tracing(collector.url, "service")
        with carrying("req-1234"), gateway.begin("chat", {}), span("rasa"):
            along = onward()
        with service.begin("webhook", along), span("answer"), span("retrieve"):
            pass
        gateway.close()
        service.close()
        spans = {s.name: s for s in collector.spans()}
    assert set(spans) == {"chat", "rasa", "webhook", "answer", "retrieve"}
    assert len({s.trace for s in spans.values()}) == 1
    chain = ["chat", "rasa", "webhook", "answer", "retrieve"]
    parents = [spans[name].parent for name in chain]
    assert parents == ["", *(spans[name].id for name in chain[:-1])]
    assert (spans["chat"].service, spans["webhook"].service) == ("haishu-gateway", "haishu-service")
    assert spans["rasa"].attributes["haishu.request"] == "req-1234"
    assert along["X-Request-Id"] == "req-1234"


def test_a_failure_shows_its_type_and_not_its_words():
    with collecting() as collector:
        tracing = Tracing(collector.url, "service")
        with pytest.raises(ValueError, match="居民"), tracing.begin("answer", {}), span("compose"):
            int("居民说的话")
        tracing.close()
        assert {s.name: s.failed for s in collector.spans()} == {
            "answer": "ValueError",
            "compose": "ValueError",
        }
        assert "居民".encode() not in b"".join(collector.raw)


def test_two_messages_are_two_traces_even_in_one_thread():
    with collecting() as collector:
        tracing = Tracing(collector.url, "gateway")
        for _ in range(2):
            with tracing.begin("chat", {}):
                pass
        with tracing.begin("chat", {TRACEPARENT: "nonsense"}):
            pass
        tracing.close()
        assert len({s.trace for s in collector.spans()}) == 3


def test_seconds_are_measured_without_a_collector():
    seen = []
    tracing = Tracing("", "service", lambda name, seconds: seen.append((name, seconds >= 0)))
    with tracing.begin("answer", {}), span("retrieve"):
        assert carrier() == {}
    assert seen == [("retrieve", True), ("answer", True)]
    with span("outside"):
        pass
    assert len(seen) == 2
    tracing.close()


def test_each_step_of_an_answer_is_a_span():
    def look(state) -> None:
        pass

    def refuse(state) -> None:
        state.draft = refusal("refused_not_in_sources", english=False)

    class Hints:
        def __call__(self, state) -> None:
            pass

    with collecting() as collector:
        tracing = Tracing(collector.url, "service")
        with tracing.begin("answer", {}):
            Answerer([look, refuse], finishing=[Hints()]).answer(Question("地铁几点停"))
        tracing.close()
        spans = {s.name: s for s in collector.spans()}
        assert set(spans) == {"answer", "look", "refuse", "hints", "verify"}
        assert {s.parent for name, s in spans.items() if name != "answer"} == {spans["answer"].id}
        assert "地铁".encode() not in b"".join(collector.raw)


def test_a_collector_that_is_down_costs_an_answer_nothing():
    tracing = Tracing("http://127.0.0.1:9", "gateway")
    started = time.perf_counter()
    for _ in range(50):
        with tracing.begin("chat", {}):
            pass
    assert time.perf_counter() - started < 0.5
    started = time.perf_counter()
    tracing.close()
    assert time.perf_counter() - started < 10


def test_without_an_endpoint_nothing_of_it_is_loaded():
    code = (
        "import sys; from actions.telemetry.tracing import Tracing, span\n"
        "t = Tracing('', 'gateway')\n"
        "with t.begin('chat', {}), span('x'): pass\n"
        "assert not any(name.startswith('opentelemetry') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
