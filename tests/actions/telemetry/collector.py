"""An OTLP collector of the test's own: takes traces over HTTP as a real one would, and shows them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Received:
    """One span as it came over the wire."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, str]
    failed: str


class Collector:
    """What has come in; ``raw`` are the bytes."""

    def __init__(self) -> None:
        self.url = ""
        self.raw: list[bytes] = []

    def spans(self) -> list[Received]:
        """Every span of every export."""
        found = []
        for body in self.raw:
            for one in ExportTraceServiceRequest.FromString(body).resource_spans:
                names = {a.key: a.value.string_value for a in one.resource.attributes}
                for scope in one.scope_spans:
                    for s in scope.spans:
                        attributes = {a.key: a.value.string_value for a in s.attributes}
                        found.append(
                            Received(
                                names["service.name"],
                                s.name,
                                s.trace_id.hex(),
                                s.span_id.hex(),
                                s.parent_span_id.hex(),
                                attributes,
                                s.status.message,
                            )
                        )
        return found


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run one on a free loopback port."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            collector.raw.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
