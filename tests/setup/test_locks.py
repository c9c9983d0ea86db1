"""The lock files pin everything and hold nothing of the machine that made them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
PIN = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z,-]+\])?==[^ ;]+( ; .+)?$")


def lines(name: str) -> list[str]:
    text = (REQUIREMENTS / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def plain(requirement: str) -> str:
    return re.split(r"[\[=<>; ]", requirement)[0].lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("lock", ["main.lock", "dev.lock", "rasa.lock"])
def test_every_line_is_one_exact_version(lock: str) -> None:
    assert lines(lock)
    assert [line for line in lines(lock) if not PIN.match(line)] == []


@pytest.mark.parametrize("name", ["main", "dev", "rasa"])
def test_the_lock_holds_what_is_asked_for(name: str) -> None:
    locked = {plain(line) for line in lines(f"{name}.lock")}
    assert {plain(line) for line in lines(f"{name}.in")} - locked == set()


def test_test_tools_never_move_a_package_of_the_main_environment() -> None:
    main = {plain(line): line.split(" ")[0] for line in lines("main.lock")}
    moved = [
        line for line in lines("dev.lock") if main.get(plain(line), line.split(" ")[0]) != line.split(" ")[0]
    ]
    assert moved == []
