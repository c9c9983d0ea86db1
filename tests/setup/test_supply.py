"""What is installed is listed; what is known of it is asked, and not being able to ask is not taken for an answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import audit_deps
import pytest
import sbom

from actions.settings import ROOT


@pytest.mark.slow
def test_the_list_holds_every_locked_package(tmp_path: Path) -> None:
    count = sbom.describe("rasa", tmp_path)
    listed = json.loads((tmp_path / "rasa.cdx.json").read_text("utf-8"))
    assert (listed["bomFormat"], count) == ("CycloneDX", len(listed["components"]))
    found = {re.sub(r"[-_.]+", "-", c["name"]).lower(): c["version"] for c in listed["components"]}
    lines = (ROOT / "requirements" / "rasa.lock").read_text("utf-8").splitlines()
    pins = dict(line.split(";")[0].strip().split("==") for line in lines if "==" in line and line[0] != "#")
    assert {n: v for n, v in pins.items() if found.get(re.sub(r"[-_.]+", "-", n).lower()) != v} == {}


def test_a_missing_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="make up"):
        sbom.describe("nowhere", tmp_path)


def test_without_the_internet_it_says_so_and_fails() -> None:
    environ = {
        **os.environ,
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "NO_PROXY": "",
    }
    command = [sys.executable, str(ROOT / "scripts" / "audit_deps.py"), "dev.lock"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == audit_deps.UNREACHED
    assert "漏洞库没有应答" in done.stderr
    assert "Traceback" not in done.stderr


WEAK = {"name": "sanic", "version": "21.12.2", "vulns": [{"id": "CVE-1", "fix_versions": ["22.6"]}]}


def test_a_held_back_package_is_told_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit_deps.tell(*audit_deps.findings("rasa.lock", {"dependencies": [WEAK]})) == 0
    said = capsys.readouterr().out
    assert "CVE-1" in said
    assert "Web server of Rasa" in said


def test_the_same_anywhere_else_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit_deps.tell(*audit_deps.findings("main.lock", {"dependencies": [WEAK]})) == 1
    assert "✗ main.lock sanic" in capsys.readouterr().out


def test_what_could_not_be_looked_up_is_no_good_news(capsys: pytest.CaptureFixture[str]) -> None:
    unknown = {"dependencies": [{"name": "jinja2", "skip_reason": "not found"}]}
    assert audit_deps.tell(*audit_deps.findings("main.lock", unknown)) == 1
    assert "等于没有查" in capsys.readouterr().out
    assert audit_deps.tell([], []) == 0
