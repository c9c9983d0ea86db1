"""The process exists exactly when there is a token."""

from pathlib import Path

import pytest

from actions.settings import Settings, SettingsError
from bot.channels.telegram.app import create_app
from bot.supervision.plan import plan


def names(settings: Settings) -> list[str]:
    return [spec.name for spec in plan(settings, Path("python"), Path("python3.10"), {})]


def test_the_process_is_started_only_with_a_token(channel_settings: Settings, settings: Settings) -> None:
    assert "telegram" in names(channel_settings)
    assert "telegram" not in names(settings)


def test_the_token_stands_in_no_command_line(channel_settings: Settings) -> None:
    token = channel_settings.telegram_token.get_secret_value()
    specs = plan(channel_settings, Path("python"), Path("python3.10"), {"TELEGRAM_TOKEN": token})
    assert not any(token in part for spec in specs for part in spec.command)
    assert token not in str(next(dict(spec.env) for spec in specs if spec.name == "rasa"))


def test_without_a_token_it_says_where_to_get_one(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="BotFather"):
        create_app(settings)
