"""Prometheus figures of the answering service."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from actions.answering.answer import Answer

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
WITHHELD = "refused_unverified"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8)


class ServiceMetrics:
    """One set for each app, so that two apps in one process (tests) don't share counts.

    :param rewrites: outcome → how often, counted elsewhere.
    """

    def __init__(self, rewrites: Mapping[str, int]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Rewrites(rewrites))
        self._answers = Counter(
            "haishu_answers", "Answers by status and caller", ["status", "caller"], registry=self.registry
        )
        self._seconds = Histogram(
            "haishu_service_seconds", "Seconds per call", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self._steps = Histogram(
            "haishu_step_seconds",
            "Seconds per step of an answer",
            ["step"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._verdicts = Counter(
            "haishu_verdicts",
            "What the verifier said of answers: held, or withheld because a claim stood in no source",
            ["verdict"],
            registry=self.registry,
        )
        self.busy = Gauge("haishu_service_busy", "Calls running or waiting", registry=self.registry)

    def answered(self, answer: Answer, caller: str) -> None:
        """Count one answer; ``caller`` is ``webhook`` or ``answer``."""
        self._answers.labels(answer.status, caller).inc()
        if not answer.refused:
            self._verdicts.labels("held").inc()
        elif answer.status == WITHHELD:
            self._verdicts.labels("withheld").inc()

    def step(self, name: str, seconds: float) -> None:
        """Measure one step."""
        self._steps.labels(name).observe(seconds)

    @contextmanager
    def timed(self, route: str) -> Iterator[None]:
        """Measure one call, failed or not."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds.labels(route).observe(time.perf_counter() - start)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)


class _Rewrites(Collector):
    """What became of the language model's suggestions, as counted by the pipeline."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(
            "haishu_rewrites", "Suggestions of the language model by outcome", labels=["outcome"]
        )
        for outcome, count in dict(self._counts).items():
            family.add_metric([outcome], count)
        yield family
