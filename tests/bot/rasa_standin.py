"""Stands where Rasa stands, to fail in the ways Rasa fails. The real server is tested in tests/e2e.

    python rasa_standin.py PORT

``PUT /mode {"status", "body", "seconds"}`` sets the next replies (``$MESSAGE`` in the body: what was said); ``GET /seen`` lists what came in.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODE: dict[str, Any] = {"status": 200, "body": "[]", "seconds": 0}
SEEN: list[dict[str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _send(self, status: int, body: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self._send(200, json.dumps(SEEN) if self.path == "/seen" else '"Hello"')

    def do_PUT(self) -> None:
        MODE.update(self._body())
        SEEN.clear()
        self._send(200, "{}")

    def do_POST(self) -> None:
        said = self._body()
        SEEN.append(said)
        time.sleep(MODE["seconds"])
        # Without its quotes: it stands inside a string of the body.
        self._send(MODE["status"], MODE["body"].replace("$MESSAGE", json.dumps(said.get("message"))[1:-1]))

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
