"""What the public door lets in: cookies, limits, origins, headers, health and figures."""

import subprocess
import sys
import time

import httpx2
import pytest

TOKEN = "token-for-tests-0123456789-abcdefgh"


def post(client, message="你好", **headers):
    return client.post("/api/chat", json={"message": message}, headers=headers)


def test_the_sender_comes_from_the_cookie_and_only_from_it(gateway, rasa):
    for body in ({"message": "一"}, {"message": "二", "sender": "someone", "metadata": {"admin": 1}}):
        gateway.post("/api/chat", json=body)
    httpx2.post(f"{gateway.base_url}/api/chat", json={"message": "三"})
    senders = [seen["sender"] for seen in rasa.seen()]
    assert senders[0] == senders[1] != senders[2]
    assert all(set(seen) == {"sender", "message", "metadata"} for seen in rasa.seen())
    assert not any("admin" in seen["metadata"] for seen in rasa.seen())


def test_the_cookie_is_hidden_from_scripts(gateway):
    header = post(gateway).headers["set-cookie"].lower()
    assert "httponly" in header
    assert "samesite=lax" in header
    assert "set-cookie" not in post(gateway).headers


def test_over_https_the_cookie_is_bound_to_the_host(make_gateway, service, rasa):
    client = make_gateway(service_url=service, cookie_secure=True)
    response = post(client)
    header = response.headers["set-cookie"]
    assert header.startswith("__Host-haishu=")
    assert "Secure" in header
    assert "Path=/" in header
    assert "domain" not in header.lower()
    assert "max-age" in response.headers["strict-transport-security"]


def test_fifteen_a_minute_then_an_honest_wait(gateway, rasa):
    replies = [post(gateway) for _ in range(20)]
    assert [reply.status_code for reply in replies] == [200] * 15 + [429] * 5
    wait = int(replies[-1].headers["retry-after"])
    assert 1 <= wait <= 60
    assert f"{wait}秒" in replies[-1].json()["replies"][0]["text"]
    assert len(rasa.seen()) == 15


def test_one_flooding_session_does_not_stop_another(gateway):
    for _ in range(16):
        post(gateway)
    with httpx2.Client(base_url=gateway.base_url) as other:
        assert post(other).status_code == 200


def test_dropping_the_cookie_does_not_lift_the_limit_for_ever(make_gateway, service, rasa):
    client = make_gateway(service_url=service, rate_posts_per_minute=1)
    codes = []
    for _ in range(25):
        client.cookies.clear()
        codes.append(post(client).status_code)
    assert codes == [200] * 20 + [429] * 5


def test_the_service_token_lifts_the_limit(gateway):
    codes = {post(gateway, Authorization=f"Bearer {TOKEN}").status_code for _ in range(30)}
    assert codes == {200}
    assert post(gateway, Authorization="Bearer wrong").status_code == 200


def test_two_gateways_count_together(make_gateway, service, rasa):
    first, second = (make_gateway(service_url=service) for _ in range(2))
    post(first)
    second.cookies.update(first.cookies)
    codes = [post(client).status_code for _ in range(8) for client in (first, second)]
    assert codes.count(200) == 14


def test_other_sites_pages_are_turned_away(gateway, rasa):
    for origin in ("https://example.org", "null", f"{gateway.base_url}".rstrip("/") + ".example.org"):
        assert post(gateway, Origin=origin).status_code == 403
    assert rasa.seen() == []
    assert post(gateway, Origin=str(gateway.base_url).rstrip("/")).status_code == 200


def test_restart_begins_a_conversation_with_no_past(gateway, rasa, answerer):
    post(gateway, "养老")
    response = gateway.post("/api/restart", json={})
    assert response.json()["replies"][0]["notice"] == "restarted"
    rasa.mode(body="[]")
    post(gateway, "机构呢")
    assert answerer.asked[-1].history == ()
    for _ in range(5):
        assert gateway.post("/api/restart").status_code == 200
    limited = gateway.post("/api/restart")
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) > 3600


def test_every_response_carries_the_security_headers(gateway):
    for path in ("/", "/static/chat.js", "/sources", "/sources/none", "/nowhere", "/healthz", "/readyz"):
        headers = gateway.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in gateway.post("/api/chat", content=b"x").headers


def test_unknown_addresses_and_methods_are_no_surprise(gateway):
    assert gateway.get("/api/chat").status_code == 405
    assert gateway.get("/static/../app.py").status_code == 404
    assert gateway.get("/static/%2e%2e/app.py").status_code == 404
    missing = gateway.get("/nowhere")
    assert missing.status_code == 404
    assert "81890" in missing.json()["replies"][0]["text"]


def test_ready_when_everything_answers(gateway):
    response = gateway.get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"] == {"service": "up", "rasa": "up", "redis": "up"}


@pytest.mark.parametrize(
    ("change", "check", "answers"),
    [
        ({"service_url": "http://127.0.0.1:9"}, "service", False),
        ({"rasa_url": "http://127.0.0.1:9"}, "rasa", True),
        ({"redis_url": "redis://127.0.0.1:9/0"}, "redis", True),
    ],
)
def test_readiness_names_what_is_down(make_gateway, service, rasa, change, check, answers):
    client = make_gateway(**{"service_url": service, **change})
    response = client.get("/readyz")
    assert response.status_code == 503
    assert [name for name, state in response.json()["checks"].items() if state == "down"] == [check]
    assert response.json()["answers"] is answers
    assert response.json()["limits"] == ("in-process" if check == "redis" else "shared")
    assert client.get("/readyz?level=answers").status_code == (200 if answers else 503)
    assert client.get("/healthz").status_code == 200
    if answers:
        assert post(client, "多少机构").status_code == 200


def test_without_redis_the_limit_still_holds(make_gateway, service, rasa):
    client = make_gateway(service_url=service, redis_url="redis://127.0.0.1:9/0")
    assert [post(client).status_code for _ in range(17)] == [200] * 15 + [429] * 2


def test_figures_are_for_this_machine_or_with_the_token(gateway):
    post(gateway)
    assert 'haishu_chat_replies_total{outcome="dialogue"}' in gateway.get("/metrics").text
    elsewhere = {"X-Forwarded-For": "198.51.100.7"}
    assert gateway.get("/metrics", headers=elsewhere).status_code == 404
    assert (
        gateway.get("/metrics", headers={**elsewhere, "Authorization": f"Bearer {TOKEN}"}).status_code == 200
    )


def test_nothing_a_resident_wrote_is_logged(tmp_path, settings, service, rasa):
    """In a process of its own, so that every line it prints is seen."""
    import os
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "SERVICE_TOKEN": TOKEN,
        "SESSION_SECRET": settings.session_secret.get_secret_value(),
        "REDIS_PASSWORD": settings.redis_password.get_secret_value(),
        "CONTACT_KEY": settings.contact_key.get_secret_value(),
        "REDIS_URL": settings.redis_url,
        "RASA_URL": settings.rasa_url,
        "SERVICE_URL": service,
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "bot.gateway.app:create_app",
        "--port",
        str(port),
    ]
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
                _until_alive(client)
                for body in ("[]", '[{"text": "好"}]'):
                    rasa.mode(body=body)
                    for message in ("秘密词甲 13800001234", "坏掉 秘密词乙"):
                        assert client.post("/api/chat", json={"message": message}).status_code in (200, 503)
        finally:
            process.terminate()
            process.wait(10)
        log.seek(0)
        written = log.read()
    assert "POST /api/chat" in written
    assert "without rasa: rasa answered an empty" in written
    assert "fallback" in written
    assert "秘密词" not in written
    assert "13800001234" not in written
    assert TOKEN not in written


def _until_alive(client):
    for _ in range(200):
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the gateway did not start")
