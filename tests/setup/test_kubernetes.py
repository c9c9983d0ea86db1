"""The manifests for Kubernetes: valid by its own schemas, unprivileged, probed, bounded, and closed but for the gateway."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.settings import ROOT, SECRETS, Settings

FOLDER = ROOT / "docker" / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))
FILES = [FOLDER / name for name in KUSTOMIZATION["resources"]]
OBJECTS: list[dict[str, Any]] = [one for file in FILES for one in yaml.safe_load_all(file.read_text("utf-8"))]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
VALIDATE = Path(sys.executable).parent / "kubernetes-validate"


def kind(*names: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in OBJECTS if one["kind"] in names}


WORKLOADS = kind("Deployment", "StatefulSet")


def pod(name: str) -> dict[str, Any]:
    return WORKLOADS[name]["spec"]["template"]["spec"]


def container(name: str) -> dict[str, Any]:
    (one,) = pod(name)["containers"]
    return one


def test_every_file_belongs_to_it() -> None:
    assert {file.name for file in FOLDER.glob("*.yaml")} == {
        *KUSTOMIZATION["resources"],
        "kustomization.yaml",
    }


def test_kubernetes_own_schemas_accept_them() -> None:
    command = [VALIDATE, "--strict", *map(str, FILES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("passed") == len(OBJECTS)


def test_a_wrong_manifest_is_not_accepted(tmp_path: Path) -> None:
    wrong = (FOLDER / "gateway.yaml").read_text("utf-8").replace("replicas: 2", "replicas: two")
    (tmp_path / "wrong.yaml").write_text(wrong, "utf-8")
    done = subprocess.run(
        [VALIDATE, "--strict", str(tmp_path / "wrong.yaml")], capture_output=True, timeout=60
    )
    assert done.returncode != 0


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_pod_is_unprivileged_bounded_and_probed(name: str) -> None:
    spec, one = pod(name), container(name)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False, "SERVICE_PORT=tcp://… would be taken for the setting"
    for each in (one, *spec.get("initContainers", ())):
        inner = each["securityContext"]
        assert inner["readOnlyRootFilesystem"] is True
        assert inner["allowPrivilegeEscalation"] is False
        assert inner["capabilities"] == {"drop": ["ALL"]}
        assert set(each["resources"]) == {"requests", "limits"}
    assert one["readinessProbe"]
    assert one["livenessProbe"]
    assert not spec.get("hostNetwork")
    assert not [port for port in one["ports"] if "hostPort" in port]


@pytest.mark.parametrize("name", ["gateway", "service", "rasa"])
def test_what_residents_need_has_two_grows_and_survives_a_drain(name: str) -> None:
    assert WORKLOADS[name]["spec"]["replicas"] == 2
    scaler = kind("HorizontalPodAutoscaler")[name]["spec"]
    assert (scaler["minReplicas"], scaler["scaleTargetRef"]["name"]) == (2, name)
    assert scaler["maxReplicas"] > 2
    assert kind("PodDisruptionBudget")[name]["spec"]["minAvailable"] == 1


@pytest.mark.parametrize("name", ["service", "gateway", "telegram", "wechat"])
def test_the_commands_are_those_of_compose(name: str) -> None:
    assert container(name)["command"] == COMPOSE[name]["command"]
    assert container(name)["image"] == COMPOSE[name]["image"]


def test_what_is_written_outlives_a_pod_and_is_the_same_for_all_of_them() -> None:
    (first,) = pod("service")["initContainers"]
    assert first["command"][2].endswith(" ".join(map(str, COMPOSE["prepare"]["command"])))
    claim = kind("PersistentVolumeClaim")["var"]["spec"]
    assert claim["accessModes"] == ["ReadWriteMany"]
    for each in (first, container("service")):
        assert {"name": "var", "mountPath": "/data"} in each["volumeMounts"]
        assert {"name": "VAR_DIR", "value": "/data"} in each["env"]


def test_redis_has_the_settings_of_compose() -> None:
    ours, theirs = container("redis")["command"], COMPOSE["redis"]["command"]
    assert ours == [word.replace("$$", "$") for word in theirs]
    assert container("redis")["image"] == COMPOSE["redis"]["image"]


def test_only_the_gateway_can_be_reached_from_outside() -> None:
    assert {one["spec"].get("type", "ClusterIP") for one in kind("Service").values()} == {"ClusterIP"}
    (ingress,) = kind("Ingress").values()
    backends = {
        path["backend"]["service"]["name"]
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    assert backends == {"gateway"}
    assert ingress["spec"]["tls"]
    policies = kind("NetworkPolicy")
    assert policies["nothing-in"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    opened = {
        policy["spec"]["podSelector"]["matchLabels"]["part"]
        for policy in policies.values()
        for rule in policy["spec"].get("ingress", ())
        if any("namespaceSelector" in one for one in rule["from"])
    }
    assert opened == {"gateway"}


def test_rasa_whose_channel_asks_nobody_is_open_to_the_gateway_alone() -> None:
    (rule,) = kind("NetworkPolicy")["to-rasa"]["spec"]["ingress"]
    assert [one["podSelector"]["matchLabels"]["part"] for one in rule["from"]] == ["gateway"]


@pytest.mark.parametrize("name", WORKLOADS)
def test_secrets_come_from_the_secret_and_only_to_those_who_use_them(name: str) -> None:
    given = {one["name"]: one for one in container(name)["env"]}
    for secret in SECRETS:
        if secret.upper() in given:
            assert given[secret.upper()]["valueFrom"]["secretKeyRef"] == {
                "name": "haishu",
                "key": secret.upper(),
            }
    beside = set(COMPOSE[name].get("environment", {}))
    assert {v for v in given if v.endswith(("_KEY", "_TOKEN", "_SECRET", "_PASSWORD"))} <= beside | {
        "REDIS_PASSWORD"
    }


def test_the_settings_exist_and_cookies_go_over_https_only() -> None:
    (settings,) = kind("ConfigMap").values()
    assert {name.lower() for name in settings["data"]} <= set(Settings.model_fields)
    assert settings["data"]["COOKIE_SECURE"] == "true"
    Settings(_env_file=None, **{name.lower(): value for name, value in settings["data"].items()})
