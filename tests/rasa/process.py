"""Starting the real dialogue process and talking to it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from actions.settings import ROOT

TOKEN = "token-for-tests-0123456789-abcdefgh"
QUIET = {
    "OMP_NUM_THREADS": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class RasaServer:
    """A running ``python -m bot.rasa.server``."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def say(self, message: str, sender: str = "web-1", **metadata: Any) -> list[dict[str, Any]]:
        """What comes back through the REST channel; ``metadata`` is what the gateway sends along."""
        letter = {"sender": sender, "message": message, "metadata": metadata}
        body = json.dumps(letter)  # escapes half surrogates, which httpx2 refuses
        headers = {"Content-Type": "application/json"}
        url = f"{self.address}/webhooks/rest/webhook"
        response = httpx2.post(url, content=body, headers=headers, timeout=60)
        assert response.status_code == 200
        return list(response.json())

    def rss_megabytes(self) -> float:
        """Resident memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found
        return int(found.group(1)) / 1024


@contextmanager
def rasa_server(python: Path, log: Path, **environment: str) -> Iterator[RasaServer]:
    """Start one and wait until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, **QUIET, "SERVICE_TOKEN": TOKEN, "RASA_PORT": str(port), **environment}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(python), "-m", "bot.rasa.server"], cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
        )
    server = RasaServer(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _wait(server: RasaServer, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert server.process.poll() is None, server.log.read_text("utf-8")[-3000:]
        try:
            httpx2.get(server.address, timeout=1)
            return
        except httpx2.HTTPError:
            time.sleep(0.2)
    raise AssertionError(f"no answer in {seconds} s: " + server.log.read_text("utf-8")[-3000:])
