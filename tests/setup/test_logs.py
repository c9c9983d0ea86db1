"""Log files do not grow for ever, and nothing in them is kept longer than was promised."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.supervision.logs import Keeping, Rotation

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SMALL = Keeping(bytes=100, days=180, every_seconds=1)


def at(moment: datetime, folder: Path) -> None:
    Rotation(folder, SMALL, lambda: moment).round()


def aside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.log.*"))


def test_a_process_goes_on_writing_into_an_empty_file(tmp_path: Path) -> None:
    with (tmp_path / "service.log").open("ab") as out:  # as the supervisor opens it for a process
        out.write(b"x" * 101)
        out.flush()
        at(START, tmp_path)
        out.write(b"next")
        out.flush()
    assert (tmp_path / "service.log").read_bytes() == b"next"
    assert aside(tmp_path) == ["service.log.20261122T093000"]
    assert (tmp_path / aside(tmp_path)[0]).read_bytes() == b"x" * 101


def test_a_short_file_stays(tmp_path: Path) -> None:
    (tmp_path / "rasa.log").write_bytes(b"x" * 100)
    at(START, tmp_path)
    assert aside(tmp_path) == []


def test_what_was_set_aside_goes_after_its_days_and_not_before(tmp_path: Path) -> None:
    old = tmp_path / "gateway.log.20260526T000000"
    old.write_bytes(b"x")
    os.utime(old, (START.timestamp(), START.timestamp()))
    at(START + timedelta(days=180), tmp_path)
    assert old.exists()
    at(START + timedelta(days=180, seconds=1), tmp_path)
    assert not old.exists()


def test_the_projects_own_keeps_half_a_year() -> None:
    assert Keeping.load().days == 180


@pytest.mark.parametrize("name", ["bytes", "days", "every_seconds"])
def test_periods_that_make_no_sense_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Keeping(**{**SMALL.model_dump(), name: 0})
