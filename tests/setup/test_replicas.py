"""Several of each process: their ports, their names, and who asks whom."""

from __future__ import annotations

from pathlib import Path

from actions.settings import SECRETS, Settings
from bot.supervision.plan import plan
from bot.supervision.process import Spec
from bot.supervision.watch import Watch

STRONG = "kE9vT2mXq7Lr4ZbW8nYc3HsJ6dPfA1Gu"


def planned(folder: Path, **given: int) -> dict[str, Spec]:
    secrets = {name: f"{name}-{STRONG}" for name in SECRETS}
    settings = Settings(_env_file=None, var_dir=folder, **secrets, **given)
    return {spec.name: spec for spec in plan(settings, Path("/py"), Path("/rasa-py"), {"PATH": "/bin"})}


def test_one_of_each_is_what_it_was(tmp_path: Path) -> None:
    specs = planned(tmp_path)
    assert list(specs) == ["valkey", "service", "rasa", "gateway"]
    assert specs["rasa"].env["ACTION_ENDPOINT_URL"] == "http://127.0.0.1:8191/webhook"


def test_two_of_each_stand_on_ports_of_their_own(tmp_path: Path) -> None:
    specs = planned(tmp_path, service_replicas=2, rasa_replicas=2, gateway_replicas=2)
    assert list(specs) == ["valkey", "service", "service-2", "rasa", "rasa-2", "gateway", "gateway-2"]
    ports = {name: spec.port for name, spec in specs.items()}
    assert (ports["service-2"], ports["rasa-2"], ports["gateway-2"]) == (8201, 5015, 8199)
    assert len(set(ports.values())) == len(ports)
    assert "8201" in specs["service-2"].command
    assert "8199" in specs["gateway-2"].command
    assert specs["rasa-2"].env["RASA_PORT"] == "5015"
    assert specs["service-2"].after == ("valkey", "service")
    assert specs["rasa-2"].title == "Rasa 2"


def test_each_rasa_prefers_another_service_and_knows_all(tmp_path: Path) -> None:
    specs = planned(tmp_path, service_replicas=2, rasa_replicas=3)
    urls = [specs[name].env["ACTION_ENDPOINT_URL"].split(",") for name in ("rasa", "rasa-2", "rasa-3")]
    first, second = "http://127.0.0.1:8191/webhook", "http://127.0.0.1:8201/webhook"
    assert urls == [[first, second], [second, first], [first, second]]


def test_sixteen_of_each_never_meet_on_a_port(tmp_path: Path) -> None:
    specs = planned(tmp_path, service_replicas=16, rasa_replicas=16, gateway_replicas=16)
    ports = [spec.port for spec in specs.values()]
    assert len(ports) == len(set(ports)) == 49


def test_the_supervisor_takes_the_order_as_it_is(tmp_path: Path) -> None:
    specs = planned(tmp_path, service_replicas=2, rasa_replicas=2, gateway_replicas=2)
    watch = Watch(list(specs.values()), specs["gateway"].check, "", tmp_path, tmp_path, tmp_path, print)
    assert [process.name for process in watch.state().processes] == list(specs)


def test_addresses_may_be_listed_instead() -> None:
    settings = Settings(_env_file=None, rasa_url="http://a:5005/, http://b:5005", service_replicas=2)
    assert settings.rasa_addresses() == ("http://a:5005", "http://b:5005")
    assert settings.service_addresses() == ("http://127.0.0.1:8191", "http://127.0.0.1:8201")
