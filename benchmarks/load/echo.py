"""The bare Rasa to compare with: stock ``rasa run``, one rule, one fixed reply, conversations in the product's Redis.

Twice: with Rasa's own tracker and lock stores, which is what a bare Rasa is, and with the product's, which are quicker.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from benchmarks.record import ROOT
from tests.stack import free_ports

HERE = Path(__file__).with_name("echo_bot")
RASA = ROOT / "var" / "env" / "rasa" / "bin" / "python"
BARE, OUR_STORES = "endpoints.yml", "our_stores.yml"
START_SECONDS = 180
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SANIC_WORKERS": "1",
}


@dataclass(frozen=True)
class Echo:
    """A running one."""

    address: str
    pid: int


def trained(out: Path) -> Path:
    """The model in ``out``, trained when ``echo_bot`` has changed; half a minute.

    :raises subprocess.CalledProcessError: when Rasa can't train it.
    """
    files = {name: str(HERE / f"{name}.yml") for name in ("config", "domain", "data")}
    digest = hashlib.sha256(b"".join(Path(file).read_bytes() for file in files.values()))
    model = out / f"echo-{digest.hexdigest()[:16]}.tar.gz"
    if not model.exists():
        out.mkdir(parents=True, exist_ok=True)
        command = [str(RASA), "-m", "rasa", "train", "--out", str(out), "--fixed-model-name", model.name]
        for name, file in files.items():
            command += [f"--{name}", file]
        environ = {**os.environ, **ENVIRONMENT, "RASA_CACHE_DIRECTORY": str(out / "cache")}
        subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True)
    return model


@contextmanager
def echoing(model: Path, redis_url: str, log: Path, endpoints: str = BARE) -> Iterator[Echo]:
    """Run it on a free port, on the Redis of the stack it is compared with.

    :param endpoints: ``BARE`` or ``OUR_STORES``
    :raises RuntimeError: when it does not answer in time, with the end of its log.
    """
    port = free_ports(1)[0]
    command = [str(RASA), "-m", "rasa", "run", "--model", str(model), "--port", str(port)]
    command += ["--interface", "127.0.0.1", "--credentials", str(ROOT / "credentials.yml")]
    command += ["--endpoints", str(HERE / endpoints)]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT, **redis_environment(redis_url)},
            stdout=out,
            stderr=out,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process, log)
        yield Echo(address, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def redis_environment(url: str) -> dict[str, str]:
    """Where the Redis is: whole for the product's stores, in pieces for Rasa's own."""
    parts = urlsplit(url)
    pieces = {"HOST": parts.hostname, "PORT": parts.port, "PASSWORD": parts.password}
    return {"REDIS_URL": url, **{f"REDIS_{name}": str(piece) for name, piece in pieces.items()}}


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx2.get(address, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.3)
    raise RuntimeError(f"the echo bot does not answer at {address}:\n{log.read_text('utf-8')[-2000:]}")
