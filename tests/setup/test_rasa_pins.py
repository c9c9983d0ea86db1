"""Every package that Rasa holds back has a written reason, for exactly the version in use; and what the reasons rest on."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from actions.settings import ROOT

FILE = ROOT / "requirements" / "rasa-pins.yml"
# Known to be old, whatever Rasa's metadata says
OLD = {
    "sanic",
    "aiohttp",
    "tensorflow",
    "numpy",
    "sqlalchemy",
    "pydantic",
    "aiogram",
    "scikit-learn",
    "pymongo",
    "redis",
}
_BOUND = re.compile(r"<|==|~=")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def locked() -> dict[str, str]:
    lines = (ROOT / "requirements" / "rasa.lock").read_text("utf-8").splitlines()
    found = (re.match(r"([\w.-]+)(?:\[.*\])?==(\S+)", line) for line in lines)
    return {plain(match[1]): match[2] for match in found if match}


@cache
def listed() -> dict[str, tuple[str, str]]:
    """Package → version, reason."""
    groups = yaml.safe_load(FILE.read_text("utf-8"))["reasons"]
    rows = [(name, version, group["why"]) for group in groups for name, version in group["packages"].items()]
    assert len({name for name, *_ in rows}) == len(rows), "a package stands there twice"
    return {name: (version, why) for name, version, why in rows}


@cache
def held_back() -> set[str]:
    """What Rasa's own metadata gives an upper limit."""
    site = ROOT / "var" / "env" / "rasa" / "lib" / "python3.10" / "site-packages"
    (metadata,) = Path(site).glob("rasa-3*.dist-info/METADATA")
    found = set()
    for line in metadata.read_text("utf-8").splitlines():
        match = re.match(r"Requires-Dist: ([\w.-]+)(?:\[[^\]]*\])?\s*\(?([^;)]*)", line)
        if match and "extra ==" not in line and _BOUND.search(match[2]):
            found.add(plain(match[1]))
    return found & set(locked())


def test_rasa_holds_back_what_we_think_it_does() -> None:
    assert len(held_back()) >= 60
    assert held_back() >= OLD


def test_everything_held_back_has_a_reason() -> None:
    assert held_back() - set(listed()) == set()


def test_no_reason_is_left_of_what_is_gone() -> None:
    assert set(listed()) - held_back() == set()


@pytest.mark.parametrize("name", sorted(listed()))
def test_the_reason_is_for_the_version_in_use(name: str) -> None:
    version, why = listed()[name]
    assert version == locked()[name]
    assert len(why) >= 80


def test_what_the_reasons_rest_on() -> None:
    assert list(yaml.safe_load((ROOT / "credentials.yml").read_text("utf-8"))) == ["rest"]
    assert set(yaml.safe_load((ROOT / "endpoints.yml").read_text("utf-8"))) <= {
        "action_endpoint",
        "tracker_store",
        "lock_store",
    }
    components = [
        part["name"] for part in yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    ]
    assert [name for name in components if not name.startswith("bot.rasa.")] == ["FallbackClassifier"]
    assert "enable_api=False" in (ROOT / "bot" / "rasa" / "server.py").read_text("utf-8")
