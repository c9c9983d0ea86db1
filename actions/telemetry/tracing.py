"""Spans of one message, gateway → service → each step, sent by OpenTelemetry when an endpoint is set.

    tracing = Tracing(settings.otel_exporter_otlp_endpoint, "gateway")
    with tracing.begin("chat", {}):          # the root, or continued from a carrier
        with span("rasa"):
            headers = carrier()              # hands the place in the trace to the next process
    tracing.close()

Without an endpoint nothing of OpenTelemetry is loaded. Spans carry names, ids and statuses, never what was written.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from actions.telemetry.correlation import current_id
from actions.telemetry.correlation import onward as request_header

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

TRACEPARENT = "traceparent"  # as header and as key in the metadata of a message to Rasa
_EXPORT_SECONDS = 5.0
# FastAPI would look with every request whether somebody set up another.
NO_SECOND_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
Observe = Callable[[str, float], None]


@dataclass(frozen=True)
class _Watch:
    tracer: Tracer | None
    observe: Observe | None


_watch: ContextVar[_Watch | None] = ContextVar("watch", default=None)


class Tracing:
    """One for each app.

    :param endpoint: base URL of an OTLP collector (HTTP); empty: nothing is traced.
    :param observe: called with each span's name and seconds, traced or not.
    """

    def __init__(self, endpoint: str, service: str, observe: Observe | None = None) -> None:
        self._provider = _provider(endpoint, service) if endpoint else None
        tracer = self._provider.get_tracer("haishu") if self._provider else None
        self._watch = _Watch(tracer, observe)

    @contextmanager
    def begin(self, name: str, carried: Mapping[str, Any]) -> Iterator[None]:
        """The first span in this process.

        :param carried: headers or metadata; a ``traceparent`` in it makes this a part of that trace.
        """
        token = _watch.set(self._watch)
        try:
            with ExitStack() as stack:
                if self._watch.tracer:
                    stack.enter_context(_continued(carried))
                stack.enter_context(span(name))
                yield
        finally:
            _watch.reset(token)

    def close(self) -> None:
        """Send what is left."""
        if self._provider:
            self._provider.shutdown()


@contextmanager
def span(name: str) -> Iterator[Callable[[str, str], None]]:
    """A part of the present work; yields what notes a word about it. Outside of any work it does nothing."""
    watch = _watch.get()
    if watch is None:
        yield lambda key, value: None
        return
    started = time.perf_counter()
    try:
        if watch.tracer is None:
            yield lambda key, value: None
        else:
            with _traced(watch.tracer, name) as noted:
                yield noted
    finally:
        if watch.observe:
            watch.observe(name, time.perf_counter() - started)


def carrier() -> dict[str, str]:
    """What hands the place in the trace to the next process; empty when nothing is traced."""
    watch = _watch.get()
    if watch is None or watch.tracer is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    headers: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(headers)
    return {TRACEPARENT: headers[TRACEPARENT]} if TRACEPARENT in headers else {}


def onward() -> dict[str, str]:
    """Headers, or metadata, that make the next process work on the same message: its id and its trace."""
    return {**request_header(), **carrier()}


@contextmanager
def _traced(tracer: Tracer, name: str) -> Iterator[Callable[[str, str], None]]:
    from opentelemetry.trace import Status, StatusCode

    # An exception's message may quote what was written: its type alone goes out.
    begin = tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False)
    with begin as current:
        current.set_attribute("haishu.request", current_id())
        try:
            yield lambda key, value: _note(current, key, value)
        except BaseException as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def _note(current: Span, key: str, value: str) -> None:
    current.set_attribute(f"haishu.{key}", value)


@contextmanager
def _continued(carried: Mapping[str, Any]) -> Iterator[None]:
    from opentelemetry import context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    given = carried.get(TRACEPARENT)
    parent = {TRACEPARENT: given} if isinstance(given, str) else {}
    # From an empty context: what this thread did before is not this message.
    token = context.attach(TraceContextTextMapPropagator().extract(parent, context.Context()))
    try:
        yield
    finally:
        context.detach(token)


def _provider(endpoint: str, service: str) -> TracerProvider:
    import requests
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    session = requests.Session()
    session.trust_env = False  # a proxy set for the internet must not see them
    address = f"{endpoint.rstrip('/')}/v1/traces"
    exporter = OTLPSpanExporter(endpoint=address, timeout=_EXPORT_SECONDS, session=session)
    provider = TracerProvider(
        resource=Resource.create({"service.name": f"haishu-{service}"}), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
