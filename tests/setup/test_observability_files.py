"""Rules, dashboard and runbook name only what the apps export and what exists."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from actions.answering.rules import statuses
from actions.serving.metrics import WITHHELD, ServiceMetrics
from actions.serving.promises import Promises
from actions.settings import ROOT
from actions.tickets.store import open_store
from bot.gateway.chat import FAILED
from bot.gateway.gauges import SPOOLS
from bot.gateway.metrics import SHED, GatewayMetrics
from bot.gateway.wording import say

FOLDER = ROOT / "docker" / "observability"
RUNBOOK = ROOT / "docs" / "runbooks" / "alerts.md"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((FOLDER / "grafana" / "dashboards" / "haishu.json").read_text("utf-8"))
OF_PROMETHEUS = {"up"}
_METRIC = re.compile(r"\b(haishu_\w+|up)\b(?=\s*(?:\{|\[|$|\s|\)|==|<|>))")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")


def _of(registry: CollectorRegistry) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for family in registry.collect():
        labels = {name for sample in family.samples for name in sample.labels}
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}.get(
            family.type, ("",)
        )
        for suffix in suffixes:
            found[family.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return found


@cache
def exported(folder: Path) -> dict[str, set[str]]:
    """Metric → labels, of everything the two apps export, each touched once."""
    service, gateway = ServiceMetrics(Counter({"kept": 1})), GatewayMetrics()
    service._answers.labels("answered", "webhook")
    service._verdicts.labels("held")
    service.step("retrieve", 0.1)
    with service.timed("answer"):
        pass
    gateway.replied("answered", 0.1, "web")
    gateway.up.labels("rasa")
    gateway.spool.labels("telegram")
    gateway.spool_age.labels("telegram")
    found = _of(service.registry) | _of(gateway.registry)
    store = open_store(f"sqlite:///{folder / 'ledger.sqlite3'}")
    text = Promises(store).text().decode()
    store.close()
    known = {"haishu_sla_tickets": {"outcome"}, "haishu_tickets": {"state"}}
    known |= {name: {"channel"} for name in ("haishu_outbox_waiting", "haishu_outbox_oldest_seconds")}
    return found | {f.name: known.get(f.name, set()) for f in text_string_to_metric_families(text)}


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    return exported(tmp_path_factory.mktemp("metrics"))


def expressions() -> list[str]:
    return [rule["expr"] for rule in RULES] + [
        t["expr"] for panel in DASHBOARD["panels"] for t in panel["targets"]
    ]


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_and_label_that_is_named_is_exported(
    expression: str, metrics: dict[str, set[str]]
) -> None:
    named = set(_METRIC.findall(expression))
    assert named, expression
    assert named - OF_PROMETHEUS <= set(metrics), named - set(metrics)
    allowed = {label for name in named for label in metrics.get(name, ())} | {"job"}
    assert set(_LABEL.findall(expression)) <= allowed


def test_every_promise_has_a_metric_and_an_alert(metrics: dict[str, set[str]]) -> None:
    alerted = {name for rule in RULES for name in _METRIC.findall(rule["expr"])}
    for name in (
        "haishu_answers_total",  # answer status
        "haishu_verdicts_total",  # verifier verdicts
        "haishu_sla_tickets",  # on time and overdue
        "haishu_outbox_oldest_seconds",  # outbox
        "haishu_spool_oldest_seconds",  # spool lag
        "haishu_step_seconds_bucket",  # model latency
        "haishu_channel_messages_total",  # channel storms
    ):
        assert name in metrics
        assert name in alerted, name


def test_the_dashboard_shows_every_metric(metrics: dict[str, set[str]]) -> None:
    shown = {
        name
        for e in (t["expr"] for p in DASHBOARD["panels"] for t in p["targets"])
        for name in _METRIC.findall(e)
    }
    plain = {re.sub(r"_(bucket|count|sum)$", "", name) for name in metrics if not name.endswith("_created")}
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown} >= plain


def test_every_alert_leads_to_its_section_and_none_is_left_over() -> None:
    sections = re.findall(r"^## (\w+)$", RUNBOOK.read_text("utf-8"), re.M)
    assert [rule["alert"] for rule in RULES] == sections
    for rule in RULES:
        assert rule["annotations"]["runbook"] == f"docs/runbooks/alerts.md#{rule['alert'].lower()}"
        assert rule["annotations"]["summary"]
        assert rule["for"]


def test_the_sections_say_how_urgent_it_is_as_the_rule_does() -> None:
    text = RUNBOOK.read_text("utf-8")
    for rule in RULES:
        section = text.split(f"## {rule['alert']}\n")[1]
        assert section.startswith(f"**{rule['labels']['severity']}.**"), rule["alert"]


def test_values_that_rules_look_for_exist() -> None:
    assert {"rate_limited", "busy", "conversations_limited"} >= SHED
    assert WITHHELD in statuses()
    assert FAILED == "failed"
    assert say("apology")
    assert set(SPOOLS) == {"telegram", "wechat"}
    for channel, stream in SPOOLS.items():
        code = "".join(path.read_text("utf-8") for path in (ROOT / "bot" / "channels" / channel).glob("*.py"))
        assert f'tuning, "{channel}", "{stream.removesuffix(":in")}")' in code


def test_prometheus_asks_both_apps_with_the_token_and_loads_the_rules() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    assert {name: job["static_configs"][0]["targets"] for name, job in jobs.items()} == {
        "gateway": ["gateway:8189"],
        "service": ["service:8191"],
    }
    assert all(job["authorization"] == {"credentials_file": "/tmp/service-token"} for job in jobs.values())
    assert config["rule_files"] == ["/etc/prometheus/alerts.yml"]


def test_the_collector_takes_what_the_apps_send() -> None:
    config = yaml.safe_load((FOLDER / "otel-collector.yml").read_text("utf-8"))
    pipeline = config["service"]["pipelines"]["traces"]
    assert pipeline["receivers"] == ["otlp"]
    assert config["receivers"]["otlp"]["protocols"]["http"]["endpoint"].endswith(":4318")
    for part in ("receivers", "processors", "exporters"):
        assert set(pipeline[part]) <= set(config[part])
