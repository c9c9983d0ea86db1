"""Sign-in with an identity provider that stands on loopback and can be told to lie."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from actions.accounts.acts import SYSTEM
from actions.settings import SettingsError
from bot.console.wiring import build_provider
from bot.gateway.app import create_app
from tests.desk_parts import Desk, desk
from tests.serving import serving

CLIENT = {"oidc_client_id": "desk", "oidc_client_secret": "oidc-for-tests-0123456789-abcdefgh"}


def unsigned(claims: dict[str, Any]) -> str:
    parts = [
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none"}, claims)
    ]
    return ".".join([*parts, ""])


class Liar:
    """A provider: honest unless ``lie`` changes the claims or the key."""

    def __init__(self) -> None:
        self.url = ""
        self.key, self.other = (RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"}) for _ in range(2))
        self.claims: dict[str, Any] = {}
        self.signing: Any = self.key
        self.header = {"alg": "RS256", "kid": "one"}
        self.asked: dict[str, list[str]] = {}
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self.about)
        self.app.get("/keys")(self.keys)
        self.app.post("/token")(self.token)

    async def about(self) -> dict[str, str]:
        ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.url, **{name: self.url + path for name, path in ends.items()}}

    async def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    async def token(self, request: Request) -> dict[str, str]:
        form = dict(await request.form())
        challenge = (
            urlsafe_b64encode(sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=").decode()
        )
        assert [challenge] == self.asked["code_challenge"]
        assert request.headers["authorization"].startswith("Basic ")
        now = int(time.time())
        honest = {"iss": self.url, "aud": "desk", "sub": "w1", "nonce": self.asked["nonce"][0]}
        claims = {**honest, "iat": now, "exp": now + 300, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.signing is None:
            return {"access_token": "x", "id_token": unsigned(claims)}
        return {"access_token": "x", "id_token": jwt.encode(self.header, claims, self.signing)}


@pytest.fixture(scope="module")
def provider() -> Iterator[Liar]:
    liar = Liar()
    with serving(liar.app) as url:
        liar.url = url
        yield liar


@pytest.fixture(scope="module")
def vouched(tmp_path_factory: pytest.TempPathFactory, provider: Liar) -> Iterator[Desk]:
    """A desk that trusts it; the operator's account is linked."""
    given = {**CLIENT, "oidc_issuer": provider.url, "public_url": "http://127.0.0.1:9"}
    with desk(tmp_path_factory.mktemp("desk"), **given) as started:
        accounts = started.accounts.accounts
        found = accounts.find("operator")
        assert found
        accounts.link(SYSTEM, found.operator.id, provider.url, "w1")
        yield started


def go(running: Desk, provider: Liar) -> tuple[httpx2.Client, str]:
    client = running.browser()
    away = client.get("/desk/sign-in/oidc")
    assert away.status_code == 303
    provider.asked = parse_qs(urlsplit(away.headers["location"]).query)
    return client, provider.asked["state"][0]


def test_the_linked_account_gets_in(vouched: Desk, provider: Liar) -> None:
    client, state = go(vouched, provider)
    back = client.get("/desk/sign-in/oidc/back", params={"code": "c", "state": state})
    assert back.status_code == 200
    assert "samesite=strict" in back.headers["set-cookie"].lower()
    assert "王桥" in client.get("/desk/me").text
    assert "统一登录" in vouched.browser().get("/desk/sign-in").text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["desk", "another"]},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"sub": "nobody-linked"},
        {"iat": int(time.time()) + 3600},
    ],
)
def test_a_token_that_is_not_as_it_must_be(vouched: Desk, provider: Liar, claims: dict[str, Any]) -> None:
    client, state = go(vouched, provider)
    provider.claims = claims
    try:
        back = client.get("/desk/sign-in/oidc/back", params={"code": "c", "state": state})
    finally:
        provider.claims = {}
    assert back.status_code == 403
    assert client.get("/desk/me").status_code == 303


@pytest.mark.parametrize("how", ["another key", "shared secret", "none"])
def test_a_signature_that_is_not_the_provider_s(vouched: Desk, provider: Liar, how: str) -> None:
    client, state = go(vouched, provider)
    headers = {"another key": ("RS256", provider.other), "shared secret": ("HS256", OctKey.generate_key(256))}
    try:
        if how == "none":
            provider.signing = None
        else:
            algorithm, provider.signing = headers[how]
            provider.header = {"alg": algorithm, "kid": "one"}
        back = client.get("/desk/sign-in/oidc/back", params={"code": "c", "state": state})
    finally:
        provider.header, provider.signing = {"alg": "RS256", "kid": "one"}, provider.key
    assert back.status_code == 403
    assert client.get("/desk/me").status_code == 303


def test_another_state_or_no_cookie(vouched: Desk, provider: Liar) -> None:
    client, state = go(vouched, provider)
    path = "/desk/sign-in/oidc/back"
    assert client.get(path, params={"code": "c", "state": "other"}).status_code == 403
    assert client.get(path, params={"code": "c"}).status_code == 403
    assert vouched.browser().get(path, params={"code": "c", "state": state}).status_code == 403


def test_half_a_setting_is_refused(vouched: Desk) -> None:
    for change in ({"oidc_client_secret": type(vouched.settings.oidc_client_secret)("")}, {"public_url": ""}):
        with pytest.raises(SettingsError, match="OIDC_ISSUER"):
            build_provider(vouched.settings.model_copy(update=change))
    with pytest.raises(SettingsError, match="https"):
        create_app(vouched.settings.model_copy(update={"oidc_issuer": "http://id.example"}))
