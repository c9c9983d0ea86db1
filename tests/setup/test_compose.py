"""docker-compose.yml runs what ``make up`` runs, shows one door, and gives every container its bounds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.settings import ROOT, SECRETS, Settings
from actions.strength import is_loopback
from bot.supervision.plan import plan
from bot.supervision.prepare import steps
from bot.supervision.process import Spec

FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("service", "gateway", "telegram", "wechat")
STRONG = "kE9vT2mXq7Lr4ZbW8nYc3HsJ6dPfA1Gu"


@pytest.fixture
def specs(tmp_path: Path) -> dict[str, Spec]:
    """Every process that ``make up`` can start."""
    given = {name: f"{name}-{STRONG}" for name in SECRETS}
    given |= {"telegram_token": "1:x", "wechat_token": "t", "wechat_appid": "wx1", "wechat_secret": "s"}
    settings = Settings(_env_file=None, var_dir=tmp_path, gateway_host="0.0.0.0", **given)
    found = plan(settings, Path("/py"), Path("/rasa-py"), {"PATH": os.environ["PATH"]})
    return {spec.name: spec for spec in found}


def options(command: list[str] | tuple[str, ...]) -> dict[str, str]:
    """Module, factory and options of a uvicorn command without interpreter and host."""
    words = [str(word) for word in command[1:]]
    found = {"module": words[1]}
    for position, word in enumerate(words[2:], 2):
        if word.startswith("--"):
            following = words[position + 1] if position + 1 < len(words) else "--"
            found[word] = "" if following.startswith("--") else following
    found.pop("--host", None)
    return found


def test_the_file_is_read_by_compose_itself(tmp_path: Path) -> None:
    tool = [["docker-compose"], ["docker", "compose"]]
    usable = [
        t
        for t in tool
        if shutil.which(t[0]) and subprocess.run([*t, "version"], capture_output=True).returncode == 0
    ]
    if not usable:
        pytest.skip("NO COMPOSE HERE: its file was parsed as YAML only")
    secrets = tmp_path / "secrets.env"
    secrets.write_text("".join(f"{name.upper()}={name}-{STRONG}\n" for name in SECRETS))
    command = [*usable[0], "-f", str(FILE), "--env-file", str(secrets), "config", "--quiet"]
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    secrets.write_text("")
    refused = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=60)
    assert refused.returncode != 0
    assert "set it" in refused.stderr


def test_only_the_gateway_publishes_a_port_and_on_loopback_unless_told() -> None:
    publishing = {name: service["ports"] for name, service in SERVICES.items() if service.get("ports")}
    assert publishing == {"gateway": ["${GATEWAY_HOST:-127.0.0.1}:${GATEWAY_PORT:-8189}:8189"]}
    assert not [name for name, service in SERVICES.items() if service.get("network_mode")]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    outside = {name for name, service in SERVICES.items() if "front" in service["networks"]}
    assert outside == {"gateway", "telegram", "wechat"}


def test_of_make_up_too_the_gateway_alone_leaves_loopback(specs: dict[str, Spec]) -> None:
    assert {name for name, spec in specs.items() if not is_loopback(spec.host)} == {"gateway"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_has_its_bounds(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == ("no" if name == "prepare" else "unless-stopped")
    assert service["cpus"] > 0
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["pids_limit"] > 0
    assert not service.get("privileged")
    check = service["healthcheck"]
    assert check.get("test") or (name in ("otel", "prepare") and check == {"disable": True})
    if not service.get("build"):
        assert re.search(r":v?\d", service["image"]), "an image without a version"
        assert str(service["user"]).split(":")[0] not in ("", "0", "root")


def test_what_must_stay_is_on_a_named_volume() -> None:
    kept = {
        name: [v for v in service.get("volumes", ()) if isinstance(v, str) and not v.startswith("./")]
        for name, service in SERVICES.items()
    }
    kept = {name: volumes for name, volumes in kept.items() if volumes}
    assert {v.split(":")[0] for volumes in kept.values() for v in volumes} == set(COMPOSE["volumes"])
    assert set(kept) == {"redis", "prepare", "service", "postgres", "prometheus", "grafana"}
    assert set(kept["prepare"]) < set(kept["service"])
    mounted = [
        v
        for service in SERVICES.values()
        for v in service.get("volumes", ())
        if isinstance(v, str) and v.startswith("./")
    ]
    assert all(v.endswith(":ro") and (ROOT / v.split(":")[0]).exists() for v in mounted)


def test_rasa_reads_the_models_and_nothing_else_of_the_service() -> None:
    (volume,) = SERVICES["rasa"]["volumes"]
    assert (volume["source"], volume["read_only"], volume["volume"]) == ("var", True, {"subpath": "models"})
    assert SERVICES["rasa"]["environment"]["MODEL_DIR"] == volume["target"]
    assert SERVICES["rasa"]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_the_commands_are_those_of_make_up(name: str, specs: dict[str, Spec]) -> None:
    assert options(SERVICES[name]["command"]) == options(specs[name].command)


def test_it_prepares_what_make_up_prepares_before_the_service_starts() -> None:
    settings = Settings(_env_file=None)
    index = next(
        step for step in steps(settings, ROOT, Path("/py"), Path("/rasa-py")) if step.name == "index"
    )
    assert SERVICES["prepare"]["command"][1:] == list(index.command[1:])
    assert SERVICES["service"]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
    writes = "var:/app/var"
    assert writes in SERVICES["service"]["volumes"]
    assert "chown -R 65534:65534 var" in (ROOT / "docker" / "app.Dockerfile").read_text("utf-8")


def test_rasa_and_redis_are_started_as_make_up_does(specs: dict[str, Spec], tmp_path: Path) -> None:
    image = (ROOT / "docker" / "rasa.Dockerfile").read_text("utf-8")
    (words,) = re.findall(r"^CMD (\[.*\])$", image, re.M)
    assert yaml.safe_load(words)[1:] == list(specs["rasa"].command[1:])
    assert "command" not in SERVICES["rasa"]
    ours = set((tmp_path / "run" / "valkey.conf").read_text().splitlines())
    theirs = SERVICES["redis"]["command"][2]
    for line in ours:
        if not line.startswith(("bind", "port", "dir", "daemonize", "requirepass")):
            assert line in theirs, line
    assert "requirepass $$REDIS_PASSWORD" in theirs


@pytest.mark.parametrize("name", [*OURS, "rasa"])
def test_every_variable_is_one_that_somebody_reads(name: str) -> None:
    known = {field.upper() for field in Settings.model_fields} | {"PTB_TIMEDELTA"}
    reads = (ROOT / "bot" / "rasa" / "environment.py").read_text("utf-8") if name == "rasa" else ""
    assert [v for v in SERVICES[name]["environment"] if v not in known and v not in reads] == []


def test_nobody_gets_a_secret_he_has_no_use_for() -> None:
    holders = {
        key: {name for name, service in SERVICES.items() if key in service.get("environment", {})}
        for key in (
            "LEDGER_KEY",
            "SESSION_SECRET",
            "DATABASE_URL",
            "TELEGRAM_TOKEN",
            "WECHAT_SECRET",
            "CONTACT_KEY",
        )
    }
    assert holders["LEDGER_KEY"] == holders["DATABASE_URL"] == {"service"}
    assert holders["TELEGRAM_TOKEN"] == {"telegram"}
    assert holders["WECHAT_SECRET"] == {"wechat"}
    assert "rasa" not in holders["CONTACT_KEY"] | holders["SESSION_SECRET"]


def test_no_secret_has_a_default() -> None:
    text = FILE.read_text("utf-8")
    for name in SECRETS:
        assert not re.search(rf"\$\{{{name.upper()}:?-", text), name


def test_the_file_for_looking_publishes_on_loopback_only() -> None:
    beside = yaml.safe_load((ROOT / "docker" / "observability" / "ports.yml").read_text("utf-8"))["services"]
    assert {name: service["ports"] for name, service in beside.items()} == {
        "grafana": ["127.0.0.1:3000:3000"]
    }


def test_the_profiles() -> None:
    profiles = {name: service["profiles"][0] for name, service in SERVICES.items() if "profiles" in service}
    assert profiles == {
        "telegram": "telegram",
        "wechat": "wechat",
        "postgres": "postgres",
        "prometheus": "observability",
        "grafana": "observability",
        "otel": "observability",
    }
