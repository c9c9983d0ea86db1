"""An OpenAI-compatible endpoint on loopback that can't be trusted: slow, endless, garbled, wrong on command.

with stub() as endpoint:
    endpoint.says({"pick": ["[1]"]})
    …  # endpoint.address is the base URL, endpoint.bodies what came in
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = Callable[["Handler"], None]
PIECE = 12  # characters a streamed piece


class Handler(BaseHTTPRequestHandler):
    """One call; ``server.stub`` says how it goes."""

    server: StubServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        stub = self.server.stub
        stub.bodies.append(body)
        stub.headers.append({name.lower(): value for name, value in self.headers.items()})
        try:
            stub.play(self)
        except (BrokenPipeError, ConnectionResetError):
            stub.hung_up.set()  # the client had enough, as it should

    do_GET = do_POST

    def start(self, kind: str = "text/event-stream", status: int = 200, **headers: str) -> None:
        """Status line and headers; the body ends with the connection."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def write(self, data: bytes | str) -> None:
        self.wfile.write(data.encode() if isinstance(data, str) else data)
        self.wfile.flush()

    def piece(self, text: str) -> None:
        """One event of a streamed completion."""
        chunk = {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "m",
            "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
        }
        self.write(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n")

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Stub:
    """What the test sets and what the endpoint saw."""

    address: str = ""
    play: Play = lambda handler: None
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    def says(self, reply: Any) -> None:
        """Stream this reply: a text as it is, anything else as JSON."""
        text = reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)

        def play(handler: Handler) -> None:
            handler.start()
            for at in range(0, len(text), PIECE):
                handler.piece(text[at : at + PIECE])
            handler.write("data: [DONE]\n\n")

        self.play = play

    def rewrites(self, text: str, source: object = "[1]") -> None:
        """Say that this is the rewritten line."""
        self.says({"lines": [{"source": source, "text": text}]})

    def asked(self) -> dict[str, Any]:
        """The last request's user message."""
        found: dict[str, Any] = json.loads(json.loads(self.bodies[-1])["messages"][1]["content"])
        return found


class StubServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, stub: Stub) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.stub = stub


@contextmanager
def stub() -> Iterator[Stub]:
    """A running endpoint; whatever it is doing ends with the block."""
    made = Stub()
    server = StubServer(made)
    made.address = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
