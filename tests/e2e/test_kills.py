"""Every process killed once: /readyz names it, residents get something honest, and it comes back."""

import os
import signal

import pytest

PROMISES = ("已登记", "已受理", "登记成功", "工单号")
CHECK = {"rasa": "rasa", "service": "service", "valkey": "redis"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["valkey", "rasa", "service"])
def test_a_killed_process_is_shown_and_comes_back(stack, client, until, name):
    until(lambda body: body["ready"], 120)
    old = stack.pid(name)
    os.kill(old, signal.SIGKILL)
    body = until(lambda body: body["checks"].get(CHECK[name]) == "down", 10)
    assert body["ready"] is False

    response = client.post("/api/chat", json={"message": "海曙有多少家居家养老机构"})
    text = "".join(reply["text"] for reply in response.json()["replies"])
    assert response.status_code in (200, 503)
    assert not any(promise in text for promise in PROMISES)
    assert "273" in text or "81890" in text

    until(lambda body: body["ready"], 120)
    assert stack.pid(name) != old
    assert "273" in client.post("/api/chat", json={"message": "海曙有多少家居家养老机构"}).text


@pytest.mark.slow
def test_a_killed_gateway_comes_back_and_knows_its_sessions(stack, client, until):
    until(lambda body: body["ready"], 120)
    client.post("/api/chat", json={"message": "2020年人才资源总量是多少"})
    old = stack.pid("gateway")
    os.kill(old, signal.SIGKILL)
    until(lambda body: body["checks"].get("gateway") == "down", 10)
    until(lambda body: body["ready"], 60)
    assert stack.pid("gateway") != old
    response = client.post("/api/chat", json={"message": "那2025年呢"})
    assert "set-cookie" not in response.headers
    assert "43" in response.json()["replies"][0]["text"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rasa", "service", "valkey"])
def test_a_frozen_process_leaves_the_door_answering(stack, client, until, name):
    until(lambda body: body["ready"], 120)
    pid = stack.pid(name)
    os.kill(pid, signal.SIGSTOP)
    try:
        assert client.get("/healthz").elapsed.total_seconds() < 0.5
        response = client.post("/api/chat", json={"message": "海曙有多少家居家养老机构"})
        assert response.status_code in (200, 503)
        assert "81890" in response.text or "273" in response.text
        assert response.elapsed.total_seconds() < 10
        until(lambda body: body["checks"].get(CHECK[name]) == "down", 10)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda body: body["ready"], 120)
