"""The generated secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.settings import load_settings
from bot.supervision.credentials import NAMES, ensure_secrets


def test_made_once_strong_and_for_the_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "var" / "secrets.env"
    assert ensure_secrets(path)
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.read_text()
    assert not ensure_secrets(path)
    assert path.read_text() == first
    monkeypatch.setenv("VAR_DIR", str(path.parent))
    load_settings().require_secrets()


def test_only_the_missing_one_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    ensure_secrets(path)
    kept = [line for line in path.read_text().splitlines() if not line.startswith("SESSION_SECRET")]
    path.write_text("\n".join(kept))
    path.chmod(0o644)
    assert ensure_secrets(path)
    lines = path.read_text().splitlines()
    assert lines[: len(kept)] == kept
    assert [line.partition("=")[0] for line in lines if "=" in line].count("SESSION_SECRET") == 1
    assert {line.partition("=")[0] for line in lines} >= set(NAMES)
    assert path.stat().st_mode & 0o777 == 0o600
