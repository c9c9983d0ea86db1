"""``make up`` with the real processes: what a second one does, what a death shows, what is refused."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from tests.setup.small import children
from tests.stack import Stack, free_ports

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def whole(stack: Stack) -> int:
    """Status of the public door's readiness; 0 when nobody answers."""
    try:
        return httpx2.get(f"{stack.address}/readyz", timeout=15, trust_env=False).status_code
    except httpx2.TransportError:
        return 0


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def test_a_second_up_says_so_and_changes_nothing(stack: Stack) -> None:
    before = stack.state().processes
    started = time.monotonic()
    done = stack.supervisor("up")
    assert done.returncode == 0
    assert f"已经在运行：{stack.address}" in done.stdout
    assert time.monotonic() - started < 15
    assert [p.pid for p in stack.state().processes] == [p.pid for p in before]


def test_status_names_every_process(stack: Stack) -> None:
    said = stack.supervisor("status").stdout
    for word in ("Valkey", "问答服务", "Rasa", "网关", "就绪", stack.address):
        assert word in said


def test_a_death_shows_in_the_state_and_mends(stack: Stack) -> None:
    name = "valkey"  # the others die in tests/e2e/test_kills.py
    until(lambda: whole(stack) == 200, 120, "not ready to begin with")
    pid = stack.pid(name)
    os.kill(pid, signal.SIGKILL)
    until(lambda: whole(stack) != 200, 10, "/readyz still says ready")
    until(lambda: stack.state().phase == "degraded", 10, "the supervisor does not show it")
    until(lambda: whole(stack) == 200 and stack.state().phase == "ready", 120, "did not come back")
    after = next(p for p in stack.state().processes if p.name == name)
    assert after.pid != pid
    assert after.restarts >= 1
    assert after.last_exit.startswith("SIGKILL")


def test_nothing_listens_beyond_this_machine(stack: Stack) -> None:
    ports = {p.port for p in stack.state().processes}
    rows = [
        line.split() for t in ("tcp", "tcp6") for line in Path(f"/proc/net/{t}").read_text().splitlines()[1:]
    ]
    listening = [row[1].split(":") for row in rows if row[3] == "0A"]
    found = {int(port, 16): host for host, port in listening if int(port, 16) in ports}
    assert set(found) == ports
    assert set(found.values()) == {"0100007F"}  # 127.0.0.1


def test_no_secret_is_on_a_command_line(stack: Stack) -> None:
    secrets = [
        line.split("=", 1)[1]
        for line in (stack.var_dir / "secrets.env").read_text().splitlines()
        if "=" in line
    ]
    for pid in [stack.state().pid, *children(stack.state().pid)]:
        command = Path(f"/proc/{pid}/cmdline").read_text()
        assert [secret for secret in secrets if secret in command] == []


def test_a_taken_port_is_one_message(stack: Stack, tmp_path: Path) -> None:
    port = stack.environ["GATEWAY_PORT"]
    other = replace(stack, environ={**stack.environ, "VAR_DIR": str(tmp_path)})
    done = other.supervisor("serve")
    assert done.returncode == 1
    assert "已被占用：pid" in done.stderr
    assert "Traceback" not in done.stderr
    for name, free in zip(("VALKEY_PORT", "SERVICE_PORT", "RASA_PORT"), free_ports(3), strict=True):
        other.environ[name] = str(free)
    done = other.supervisor("serve")
    assert f"端口 {port}（网关）已被占用：pid {stack.pid('gateway')}" in done.stderr


def test_a_redis_that_does_not_answer_is_named(stack: Stack, tmp_path: Path) -> None:
    environ = {**stack.environ, "VAR_DIR": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:9/0"}
    # The channels' too: they are looked at first.
    ports = [name for name in environ if name.endswith("_PORT")]
    environ |= {name: str(free) for name, free in zip(ports, free_ports(len(ports)), strict=True)}
    done = replace(stack, environ=environ).supervisor("serve")
    assert done.returncode == 1
    assert "REDIS_URL" in done.stderr
