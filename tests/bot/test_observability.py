"""One message followed from the gateway to the service: its id in both logs, its trace over the wire, its figures."""

from __future__ import annotations

import logging
import re

import httpx2
import redis

from actions.app import create_app as create_service
from actions.serving.parts import Parts, Published
from actions.telemetry.correlation import AddRequest
from bot.channels.channel import Incoming
from bot.channels.desk import DeskClient
from bot.gateway.app import create_app as create_gateway
from tests.actions.telemetry.collector import collecting
from tests.bot.conftest import TEXT, TOKEN, AnswerAction, _source
from tests.serving import serving

QUESTION = "海曙有多少家居家养老机构"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def webhook(service, seen):
    """Call the action as Rasa does with the message it was given."""
    latest = {"text": seen["message"], "metadata": seen["metadata"]}
    tracker = {"sender_id": seen["sender"], "latest_message": latest, "slots": {}, "events": []}
    call = {"next_action": "action_answer", "tracker": tracker, "domain": {}, "version": "3.6.21"}
    return httpx2.post(f"{service}/webhook", json=call, headers=HEADERS, timeout=20)


def test_one_id_and_one_whole_trace_through_rasa(settings, answerer, rasa):
    with collecting() as collector:
        watched = settings.model_copy(update={"otel_exporter_otlp_endpoint": collector.url})
        parts = Parts(answerer, (AnswerAction(answerer),), {"press-1": Published(_source(), TEXT)})
        with (
            serving(create_service(watched, lambda _: parts)) as service,
            serving(create_gateway(watched.model_copy(update={"service_url": service}))) as gateway,
        ):
            headers = {"X-Request-Id": "page-0001"}
            reply = httpx2.post(f"{gateway}/api/chat", json={"message": QUESTION}, headers=headers)
            (seen,) = rasa.seen()
            assert webhook(service, seen).status_code == 200
        spans = {s.name: s for s in collector.spans()}  # closed apps have sent what they had
    assert (reply.headers["X-Request-Id"], seen["metadata"]["request"]) == ("page-0001", "page-0001")
    assert spans["chat"].parent == ""
    assert spans["rasa"].parent == spans["chat"].id
    assert spans["webhook"].parent == spans["rasa"].id
    assert len({spans[name].trace for name in ("chat", "rasa", "webhook")}) == 1
    assert (spans["chat"].service, spans["webhook"].service) == ("haishu-gateway", "haishu-service")
    assert {spans[name].attributes["haishu.request"] for name in ("chat", "webhook")} == {"page-0001"}
    assert QUESTION.encode() not in b"".join(collector.raw)


def test_the_id_stands_in_the_services_log_when_rasa_is_down(gateway, rasa, caplog):
    caplog.handler.addFilter(AddRequest())
    caplog.set_level(logging.INFO)
    rasa.mode(status=500)
    gateway.post("/api/chat", json={"message": QUESTION}, headers={"X-Request-Id": "page-0002"})
    carried = {record.name for record in caplog.records if getattr(record, "request", "") == "page-0002"}
    assert {"bot.gateway.chat", "actions.serving.routes"} <= carried
    assert QUESTION not in caplog.text


def test_the_id_stands_in_the_services_log_behind_rasa(service, caplog):
    caplog.handler.addFilter(AddRequest())
    caplog.set_level(logging.INFO)
    seen = {"message": QUESTION, "metadata": {"request": "telegram-71"}, "sender": "web-1"}
    webhook(service, seen)
    (line,) = [r for r in caplog.records if r.name == "actions.serving.routes"]
    assert (line.request, line.getMessage().split(" in ")[0]) == ("telegram-71", "action_answer 200")


async def test_an_update_of_a_channel_names_the_message(gateway_url, rasa):
    rasa.mode(body='[{"recipient_id": "x", "text": "您好"}]')
    client = DeskClient(gateway_url, TOKEN, "telegram", 5)
    incoming = Incoming(kind="text", id="71", chat="9", text=QUESTION)
    await client.say(incoming, "user-1", 1, QUESTION)
    await client.close()
    assert rasa.seen()[-1]["metadata"]["request"] == "telegram-71"


def test_an_unknown_action_does_not_get_into_the_log(service, caplog):
    caplog.set_level(logging.INFO)
    tracker = {"sender_id": "web-1", "latest_message": {"text": "x"}, "slots": {}, "events": []}
    call = {"next_action": "我的电话是13800001234", "tracker": tracker, "domain": {}, "version": "3.6.21"}
    httpx2.post(f"{service}/webhook", json=call, headers=HEADERS)
    assert "13800001234" not in caplog.text
    assert "unknown 404" in caplog.text


def test_the_gateway_tells_who_is_up_and_what_waits(gateway, rasa, redis_url):
    with redis.Redis.from_url(redis_url) as client:
        for n in range(3):
            client.xadd("tg:in", {"id": n, "update": "x"}, id=f"{1_600_000_000_000 + n}-0")
    text = gateway.get("/metrics").text
    assert 'haishu_up{part="rasa"} 1.0' in text
    assert 'haishu_up{part="service"} 1.0' in text
    assert 'haishu_spool_entries{channel="telegram"} 3.0' in text
    age = float(re.search(r'haishu_spool_oldest_seconds\{channel="telegram"\} (\S+)', text)[1])
    assert age > 100_000_000
    assert 'haishu_spool_entries{channel="wechat"} 0.0' in text


def test_a_storm_is_counted_by_channel(make_gateway, service, rasa):
    client = make_gateway(rate_posts_per_minute=2, service_url=service)
    for _ in range(5):
        client.post("/api/chat", json={"message": "你好"})
    text = client.get("/metrics").text
    assert 'haishu_channel_messages_total{channel="web",fate="taken"} 2.0' in text
    assert 'haishu_channel_messages_total{channel="web",fate="shed"} 3.0' in text


def test_the_verifiers_verdicts_and_the_steps_are_measured(service, answerer):
    with httpx2.Client(base_url=service, headers=HEADERS) as client:
        before = client.get("/metrics").text
        client.post("/answer", json={"text": "多少机构"})
        after = client.get("/metrics").text
    held = 'haishu_verdicts_total{verdict="held"}'
    assert _value(after, held) == _value(before, held) + 1
    assert 'haishu_step_seconds_count{step="answer"}' in after


def _value(text: str, name: str) -> float:
    found = re.search(re.escape(name) + r" (\S+)", text)
    return float(found[1]) if found else 0.0
