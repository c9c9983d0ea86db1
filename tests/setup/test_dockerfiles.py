"""The Dockerfiles: linted, unprivileged, from pinned lines, with nothing of this machine in them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from actions.settings import ROOT

FILES = sorted((ROOT / "docker").glob("*.Dockerfile"))
HADOLINT = Path(sys.executable).parent / "hadolint"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_hadolint_finds_nothing(file: Path) -> None:
    done = subprocess.run([HADOLINT, "--no-color", str(file)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_does_find_something_when_there_is(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python\nRUN cd /tmp && sudo apt-get install x\n")
    done = subprocess.run([HADOLINT, "--no-color", str(bad)], capture_output=True, text=True, timeout=60)
    assert "DL3006" in done.stdout
    assert done.returncode != 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_runs_as_nobody(file: Path) -> None:
    users = re.findall(r"^USER (\S+)", file.read_text("utf-8"), re.M)
    assert users
    assert users[-1] == "65534:65534"


def test_the_pythons_are_those_of_the_environments() -> None:
    versions = {file.name: re.findall(r"^FROM python:(\S+)", file.read_text("utf-8"), re.M) for file in FILES}
    assert versions == {"app.Dockerfile": ["3.11-slim"], "rasa.Dockerfile": ["3.10-slim"]}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_copied_exists_and_passes_dockerignore(file: Path) -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    allowed = [line[1:] for line in lines if line.startswith("!")]
    for line in re.findall(r"^COPY (.+)$", file.read_text("utf-8"), re.M):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert any(
                source == name or source.startswith(f"{name}/") or source.startswith(name) for name in allowed
            ), source


def test_no_secret_enters_an_image() -> None:
    assert "*" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for file in FILES:
        assert not re.search(r"SECRET|PASSWORD|_KEY|secrets\.env", file.read_text("utf-8")), file.name
