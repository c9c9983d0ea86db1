"""What counts as a secret, and what an installation may not start with."""

from __future__ import annotations

import secrets

import pytest
from pydantic import SecretStr

from actions.settings import SECRETS, Settings, SettingsError
from actions.strength import is_loopback, open_redis, shared, weakness
from bot.gateway.app import create_app

STRONG = {name: f"{name}-kE9vT2mXq7Lr4ZbW8nYc3HsJ6dPfA1Gu" for name in SECRETS}


def settings(**changes) -> Settings:
    return Settings(_env_file=None, **{**STRONG, **changes})


@pytest.mark.parametrize(
    "value",
    [
        "change-me-change-me-change-me-0123",
        "ChangeMe_0123456789_abcdefghijklmn",
        "replace this with 32 random chars!!",
        "your-secret-key-goes-here-0123456789",
        "placeholder-0123456789-abcdefghijkl",
        "example-secret-of-thirty-two-letters",
        "insert_token_here_0123456789abcdefg",
        "请修改这里的密钥为三十二个以上的随机字符谢谢您的配合一二三四五六七",
    ],
)  # fmt: skip
def test_words_of_a_template_are_no_secret(value):
    assert "模板" in weakness(value)
    assert value not in weakness(value)


def test_five_thousand_generated_secrets_are_taken():
    assert [s for s in (secrets.token_urlsafe(36) for _ in range(5000)) if weakness(s)] == []


def test_an_empty_secret_is_missing_not_weak():
    assert weakness("") == ""


def test_no_server_starts_with_one_secret_for_two_purposes():
    twice = settings(session_secret=STRONG["service_token"])
    with pytest.raises(SettingsError, match="SERVICE_TOKEN、SESSION_SECRET 是同一个值") as refused:
        create_app(twice)
    assert STRONG["service_token"] not in str(refused.value)
    assert shared({"A": "x", "B": "", "C": ""}) == ()


@pytest.mark.parametrize("url", ["redis://10.0.0.5:6379/0", "redis://cache/0", "rediss://user@cache:6379"])
def test_a_redis_elsewhere_needs_a_password(url):
    with pytest.raises(SettingsError, match="REDIS_URL"):
        create_app(settings(redis_url=url))


@pytest.mark.parametrize("url", ["", "redis://127.0.0.1:6379/0", "redis://:pass@cache:6379/0"])
def test_a_redis_here_or_with_one_does(url):
    assert not open_redis(url)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.9", "gateway.example"])
def test_the_gateway_does_not_leave_loopback_in_clear_unasked(host):
    with pytest.raises(SettingsError, match=r"COOKIE_SECURE=true"):
        create_app(settings(gateway_host=host))
    for allowed in ({"cookie_secure": True}, {"allow_plain_http": True}):
        assert create_app(settings(gateway_host=host, **allowed))


def test_loopback_is_what_only_this_machine_reaches():
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.8.9.1", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "10.0.0.1", "::", "host"))


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_is_required_by_name(name):
    with pytest.raises(SettingsError, match=name.upper()):
        settings().model_copy(update={name: SecretStr("")}).require_secrets(SECRETS)
