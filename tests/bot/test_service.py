"""The answering service over HTTP: its token, its body cap, Rasa's webhook, and a loop that never blocks."""

import gzip
import threading
import time
import zlib

import httpx2
import pytest
from starlette.routing import Route

from actions.answering.answer import Answer
from actions.app import create_app
from actions.serving.parts import Parts
from actions.settings import SettingsError

TOKEN = "token-for-tests-0123456789-abcdefgh"


@pytest.fixture
def client(service, answerer):
    with httpx2.Client(base_url=service, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20) as client:
        yield client


def call(text="多少机构", action="action_answer"):
    tracker = {"sender_id": "web-1", "latest_message": {"text": text}, "slots": {}, "events": []}
    return {"next_action": action, "tracker": tracker, "domain": {}, "version": "3.6.21"}


def test_an_answer_keeps_its_shape(client, answerer):
    response = client.post("/answer", json={"text": "多少机构", "history": ["养老"]})
    assert response.status_code == 200
    answer = Answer.from_payload(response.json())
    assert (answer.text, answer.citations[0].source_id) == ("273个。", "press-1")
    assert answerer.asked[-1].history == ("养老",)


def test_rasas_webhook_gives_the_answer_as_one_custom_message(client):
    body = client.post("/webhook", json=call()).json()
    (message,) = body["responses"]
    assert not message.get("text")
    assert Answer.from_payload(message["custom"]["answer"]).status == "answered"
    assert body["events"] == []


def test_rasa_may_send_the_token_in_the_query_and_deflate_the_body(service):
    import json

    data = zlib.compress(json.dumps(call()).encode())
    headers = {"Content-Encoding": "deflate", "Content-Type": "application/json"}
    response = httpx2.post(f"{service}/webhook?token={TOKEN}", content=data, headers=headers)
    assert response.status_code == 200


def test_webhook_errors_as_rasa_expects_them(client):
    unknown = client.post("/webhook", json=call(action="action_gone"))
    assert (unknown.status_code, unknown.json()["action_name"]) == (404, "action_gone")
    assert client.post("/webhook", json={"next_action": "action_answer"}).status_code == 422
    without_domain = {**call(), "domain": None}
    assert client.post("/webhook", json=without_domain).status_code in (200, 449)


def test_every_route_but_the_health_checks_needs_the_token(service, settings, shelf):
    app = create_app(settings, lambda _: Parts(shelf, (), {}))
    from fastapi.testclient import TestClient

    with TestClient(app):
        routes = [
            (method, route.path)
            for route in app.routes
            if isinstance(route, Route)
            for method in route.methods
        ]
    assert len(routes) == 7
    for method, path in routes:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            expected = 200 if path in ("/healthz", "/readyz") else 401
            assert httpx2.request(method, service + path, headers=headers).status_code == expected, path
    assert httpx2.get(f"{service}/docs").status_code == 401


def test_missing_secrets_refuse_to_start(settings):
    with pytest.raises(SettingsError, match="SERVICE_TOKEN"):
        create_app(settings.model_copy(update={"service_token": type(settings.service_token)("")}))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": 1}, 422),
        ({"text": " "}, 422),
        ({"text": "问", "history": "甲"}, 422),
        ({"text": "问", "history": [1]}, 422),
        ({"text": "问" * 301}, 422),
        ({"text": "问", "history": ["甲"] * 21}, 422),
    ],
)
def test_unusable_questions_are_named(client, body, status):
    response = client.post("/answer", json=body)
    assert response.status_code == status
    assert "text" in response.json()["error"]["message"] or "history" in response.json()["error"]["message"]


@pytest.mark.parametrize("encoding", ["deflate", "gzip"])
def test_a_small_body_that_inflates_hugely_is_cut_off(client, encoding):
    bomb = {"deflate": zlib.compress, "gzip": gzip.compress}[encoding](b" " * 50_000_000)
    assert len(bomb) < 100_000
    start = time.perf_counter()
    response = client.post("/answer", content=bomb, headers={"Content-Encoding": encoding})
    assert response.status_code == 413
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("content", "encoding", "status"),
    [(b"x" * 1_000_001, "identity", 413), (b"{}", "deflate", 400), (b"{}", "br", 400), (zlib.compress(b"{}")[:5], "deflate", 400)],
)  # fmt: skip
def test_bodies_that_cannot_be_read(client, content, encoding, status):
    response = client.post("/answer", content=content, headers={"Content-Encoding": encoding})
    assert response.status_code == status


def test_a_defect_repeats_nothing_of_the_request(client, caplog, capfd):
    response = client.post("/answer", json={"text": "坏掉 我的秘密"})
    assert response.status_code == 500
    assert "秘密" not in response.text + caplog.text + "".join(capfd.readouterr())
    assert "POST /answer failed: RuntimeError ← conftest.py" in caplog.text


def test_health_answers_at_once_while_answers_take_their_time(client, service, answerer):
    answerer.seconds = 0.8
    threads = [threading.Thread(target=client.post, args=("/answer",), kwargs={"json": {"text": "机构"}}) for _ in range(2)]  # fmt: skip
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    waits = [httpx2.get(f"{service}/healthz").elapsed.total_seconds() for _ in range(5)]
    for thread in threads:
        thread.join()
    assert max(waits) < 0.3


def test_an_answer_that_takes_too_long_is_given_up_and_counted_until_it_ends(client, answerer):
    answerer.seconds = 1.5
    response = client.post("/answer", json={"text": "机构"})
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert "haishu_service_busy 1.0" in client.get("/metrics").text
    answerer.seconds = 0.0
    time.sleep(0.8)
    assert "haishu_service_busy 0.0" in client.get("/metrics").text


def test_sources_come_with_their_text_as_received(client):
    (meta,) = client.get("/sources").json()["sources"]
    document = client.get(f"/sources/{meta['id']}").json()
    assert document["text"][2:].lstrip().startswith("累计建成")
    assert {name: document[name] for name in meta} == meta
    assert client.get("/sources/unknown").status_code == 404


def test_metrics_count_answers_by_status(client):
    client.post("/answer", json={"text": "多少机构"})
    client.post("/webhook", json=call("天气"))
    text = client.get("/metrics").text
    assert 'haishu_answers_total{caller="answer",status="answered"}' in text
    assert 'haishu_answers_total{caller="webhook",status="refused_not_in_sources"}' in text
