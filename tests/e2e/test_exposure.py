"""What the running system shows to others: where it listens, and where its secrets are not."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2

from bot.supervision.credentials import NAMES
from tests.stack import Stack

LISTEN = "0A"


def listening(pid: int) -> list[tuple[str, int]]:
    """Addresses on which a process accepts connections, from the kernel's tables: what ``ss -ltnp`` reads."""
    sockets = {os.readlink(fd)[8:-1] for fd in Path(f"/proc/{pid}/fd").iterdir() if _is_socket(fd)}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN and fields[9] in sockets:
                host, _, port = fields[1].partition(":")
                found.append((_address(host), int(port, 16)))
    return found


def _is_socket(fd: Path) -> bool:
    try:
        return os.readlink(fd).startswith("socket:")
    except FileNotFoundError:
        return False


def _address(text: str) -> str:
    words = [bytes.fromhex(text[i : i + 8])[::-1] for i in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))


def family(pid: int) -> Iterator[int]:
    """A process and all it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def secrets_of(stack: Stack) -> dict[str, str]:
    lines = (stack.var_dir / "secrets.env").read_text().splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    assert set(NAMES) <= set(found)
    return found


def test_the_look_at_sockets_sees_an_open_one() -> None:
    """The control."""
    with (
        socket.create_server(("0.0.0.0", 0)) as server,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as six,
    ):
        found = listening(os.getpid())
        assert ("0.0.0.0", server.getsockname()[1]) in found
        assert ("::1", six.getsockname()[1]) in found


def test_nothing_listens_beyond_loopback(stack: Stack) -> None:
    """GATEWAY_HOST is not set here; were it, the gateway alone would follow it: see tests/setup/test_compose.py."""
    found = {
        process.name: [address for pid in family(process.pid) for address in listening(pid)]
        for process in stack.state().processes
        if process.pid
    }
    assert set(found) == {"valkey", "service", "rasa", "gateway", "telegram", "wechat"}
    assert all(found.values()), found
    beyond = {
        name: places
        for name, places in found.items()
        if any(not ipaddress.ip_address(host).is_loopback for host, _ in places)
    }
    assert beyond == {}


def test_secrets_are_in_no_process_list(stack: Stack) -> None:
    values = secrets_of(stack).values()
    supervisor = stack.state().pid
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes().decode() for pid in family(supervisor)]
    assert len(lines) >= 5
    assert [line for line in lines if any(value in line for value in values)] == []


def test_secrets_are_in_no_log_and_no_reply(stack: Stack, client: httpx2.Client) -> None:
    secrets = secrets_of(stack)
    said = [
        client.post("/api/chat", json={"message": "路灯坏了，我要投诉"}).text,
        client.get("/metrics").text,
    ]
    for path in ("/nowhere", "/api/chat", "/sources/%00", "/open311/v2/requests.json?status=x", "/desk"):
        for method in ("GET", "POST", "PUT"):
            reply = client.request(method, path, content=b"{" if method == "POST" else None)
            said.append(reply.text + str(reply.headers))
    wrong = {"Authorization": "Bearer wrong"}
    for path in ("/webhook", "/answer", "/metrics", "/tickets", "/nowhere"):
        reply = httpx2.post(f"{stack.service}{path}", content=b"{", headers=wrong, trust_env=False)
        said.append(reply.text + str(reply.headers))
    said.append(httpx2.post(f"{stack.rasa}/webhooks/rest/webhook", content=b"[", trust_env=False).text)
    logs = {path.name: path.read_text("utf-8", "replace") for path in (stack.var_dir / "log").glob("*")}
    assert {"service.log", "gateway.log", "rasa.log", "telegram.log", "wechat.log"} <= set(logs)
    for name, value in secrets.items():
        assert [log for log, text in logs.items() if value in text] == [], name
        assert not any(value in text for text in said), name


def test_one_id_is_in_the_logs_of_gateway_and_service(stack: Stack, client: httpx2.Client) -> None:
    """Through the real Rasa."""
    reply = client.post(
        "/api/chat", json={"message": "海曙有多少家居家养老机构"}, headers={"X-Request-Id": "e2e-request-1"}
    )
    assert "273" in reply.text
    assert reply.headers["X-Request-Id"] == "e2e-request-1"
    for name in ("gateway", "service"):
        lines = (stack.var_dir / "log" / f"{name}.log").read_text("utf-8").splitlines()
        assert any("[e2e-request-1]" in line for line in lines), name
