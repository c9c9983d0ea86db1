"""Settings: read in one place, documented from the code, weak secrets refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from settings_doc import document

from actions.settings import ROOT, SECRETS, Settings, SettingsError, load_settings

STRONG = "kE9vT2mXq7Lr4ZbW8nYc3HsJ6dPfA1Gu"


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))  # not the secrets of an installation that may be running


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize(("value", "reason"), [("short", "密钥太短：5 个字符"), ("ab" * 20, "只有 2 种字符")])
def test_a_weak_secret_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name.upper(), value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert name.upper() in str(refused.value)
    assert reason in str(refused.value)
    assert value not in str(refused.value)


def test_missing_secrets_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_TOKEN", STRONG)
    with pytest.raises(SettingsError, match="缺少密钥 SESSION_SECRET、REDIS_PASSWORD：运行 make up"):
        load_settings().require_secrets()


def test_the_environment_beats_the_generated_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text(f"SERVICE_TOKEN={STRONG}\nSESSION_SECRET={STRONG}\n")
    monkeypatch.setenv("SESSION_SECRET", STRONG[::-1])
    settings = load_settings()
    assert settings.service_token.get_secret_value() == STRONG
    assert settings.session_secret.get_secret_value() == STRONG[::-1]


@pytest.mark.parametrize(
    ("name", "value"), [("GATEWAY_PORT", "99999"), ("ENCODER_BACKEND", "gpu"), ("RASA_TIMEOUT", "0")]
)
def test_a_wrong_value_names_its_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"设置 {name} 不能用"):
        load_settings()


def test_relative_folders_stand_in_the_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_DIR", "var")
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert settings.var_dir == ROOT / "var"
    assert settings.index_path() == ROOT / "var" / "index"


def test_addresses_follow_the_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_PORT", "18191")
    monkeypatch.setenv("RASA_URL", "http://rasa:5005/")
    settings = load_settings()
    assert settings.service_addresses() == ("http://127.0.0.1:18191",)
    assert settings.rasa_addresses() == ("http://rasa:5005",)


def test_secrets_do_not_show_in_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name.upper(), STRONG)
    monkeypatch.setenv("REDIS_URL", f"redis://:{STRONG}@127.0.0.1:1/0")
    assert STRONG not in repr(load_settings())


def test_time_limits_nest() -> None:
    settings = Settings(_env_file=None)
    assert settings.answer_timeout < settings.action_timeout < settings.rasa_timeout < settings.lock_lifetime


def test_every_setting_is_described_and_the_page_is_current() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == document(), "运行 make settings"


def test_nothing_else_reads_the_environment() -> None:
    reader = re.compile(r"os\.environ|os\.getenv|from os import .*(environ|getenv)")
    folders = ("knowledge", "embeddings", "actions", "bot")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    readers = {path.relative_to(ROOT).as_posix() for path in files if reader.search(path.read_text("utf-8"))}
    assert {path for path in readers if not path.startswith("bot/rasa/")} == {"actions/settings.py"}
