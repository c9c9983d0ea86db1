"""The real processes on loopback: Rasa, Valkey, service and gateway under the real supervisor, on free ports.

They share the prepared index and models with the repository, and keep everything else in a folder of their own,
so tests run beside a ``make up``.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import redis

from actions.settings import ROOT, Settings, load_settings, replica_port
from bot.supervision.state import State

START_SECONDS = 400


@dataclass(frozen=True)
class Stack:
    """A running installation. ``environ`` makes any command speak to it."""

    environ: dict[str, str]
    var_dir: Path
    address: str
    service: str
    rasa: str
    redis_url: str
    token: str

    @property
    def addresses(self) -> list[str]:
        """Every gateway's."""
        gateways = (p for p in self.state().processes if p.name.startswith("gateway"))
        return [f"http://127.0.0.1:{p.port}" for p in gateways]

    def state(self) -> State:
        """What the supervisor says."""
        state = State.read(self.var_dir / "run" / "state.json")
        assert state is not None
        return state

    def pid(self, name: str) -> int:
        """The process id of ``valkey``, ``service``, ``rasa`` or ``gateway``; of a replica: ``rasa-2``."""
        pid = next(p.pid for p in self.state().processes if p.name == name)
        assert pid is not None, f"{name} is not running"
        return pid

    def supervisor(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``python -m bot.supervisor`` for this installation."""
        return subprocess.run(
            [sys.executable, "-m", "bot.supervisor", command, *arguments],
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )

    def evidence(self) -> dict[str, str]:
        """What the processes themselves say about having run, for the summary of the test run."""
        valkey = redis.Redis.from_url(self.redis_url, decode_responses=True)
        with closing(valkey):
            info: dict[str, Any] = valkey.info()
        rasa = httpx2.get(self.rasa, timeout=10, trust_env=False).text.rpartition(" ")[2].strip()
        service = httpx2.get(
            f"{self.service}/metrics",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=10,
            trust_env=False,
        )
        return {
            "Rasa": rasa,
            "Valkey": f"{info.get('valkey_version', info['redis_version'])} ({info['total_commands_processed']} commands)",
            "service": f"HTTP {service.status_code}, {len(service.text.splitlines())} metric lines",
            "restarts": str(sum(p.restarts for p in self.state().processes)),
        }


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; all held at once, so that they differ."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in held]
    for server in held:
        server.close()
    return ports


def free_steps(count: int) -> list[int]:
    """Free ports whose replicas' ports are free as well."""
    found: list[int] = []
    while len(found) < count:
        (port,) = free_ports(1)
        taken = {replica_port(one, n) for one in found for n in (0, 1)}
        if not {port, replica_port(port, 1)} & taken and _is_free(replica_port(port, 1)):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def start(folder: Path, extra: Mapping[str, str] | None = None) -> Stack:
    """Bring a stack up in ``folder``.

    :param extra: further settings, as environment variables; at most two of a process
    :raises AssertionError: with the supervisor's own message when it does not become ready
    """
    shared: Settings = load_settings()
    gateway, service, rasa, valkey = free_steps(4)
    environ = {
        **os.environ,
        "VAR_DIR": str(folder),
        "INDEX_DIR": str(shared.index_path()),
        "MODEL_DIR": str(shared.models_path()),
        "RASA_MODEL_DIR": str(shared.rasa_model_path()),
        "GATEWAY_PORT": str(gateway),
        "SERVICE_PORT": str(service),
        "RASA_PORT": str(rasa),
        "VALKEY_PORT": str(valkey),
        **(extra or {}),
    }
    for name in ("SERVICE_TOKEN", "SESSION_SECRET", "REDIS_PASSWORD", "REDIS_URL", "GATEWAY_HOST"):
        environ.pop(name, None)
    urls = [f"http://127.0.0.1:{port}" for port in (gateway, service, rasa)]
    stack = Stack(environ, folder, *urls, redis_url="", token="")
    done = stack.supervisor("up", "--detach")
    assert done.returncode == 0, done.stdout + done.stderr
    secrets = dict(
        line.split("=", 1) for line in (folder / "secrets.env").read_text().splitlines() if "=" in line
    )
    redis_url = f"redis://:{secrets['REDIS_PASSWORD']}@127.0.0.1:{valkey}/0"
    return Stack(environ, folder, *urls, redis_url, secrets["SERVICE_TOKEN"])


def stop(stack: Stack) -> None:
    """Stop it, and say so loudly when something is left."""
    pids = [p.pid for p in stack.state().processes if p.pid]
    done = stack.supervisor("down")
    assert done.returncode == 0, done.stdout + done.stderr
    left = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert left == [], json.dumps(left)
