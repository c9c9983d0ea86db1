"""Sign-in with the organisation's own accounts (OpenID Connect, authorization code with PKCE).

The gateway checks the id_token (signature, issuer, audience, nonce, time); the service then looks for the account that an
administrator has linked to its ``iss`` and ``sub``. Nobody gets an account by signing in.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.console.errors import Refused

_SECONDS = 5.0
_LEEWAY = 60  # seconds by which clocks may differ
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # never "none", never one with a shared secret


@dataclass(frozen=True)
class Going:
    """What the browser takes along while it is away, in a signed cookie."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Going:
        """All random."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


class Provider:
    """One identity provider.

    :param issuer: as its tokens state it; discovery lies below it
    :param back: the address on this gateway that the provider sends the browser back to
    """

    def __init__(self, issuer: str, client_id: str, client_secret: str, back: str) -> None:
        self.issuer = issuer.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret
        self._back = back
        self._http = httpx2.AsyncClient(timeout=_SECONDS)

    async def address(self, going: Going) -> str:
        """Where to send the browser. Raises Refused when the provider cannot be reached."""
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._back,
            "scope": "openid",
            "state": going.state,
            "nonce": going.nonce,
            "code_challenge": create_s256_code_challenge(going.verifier),
            "code_challenge_method": "S256",
        }
        return f"{(await self._about())['authorization_endpoint']}?{urlencode(query)}"

    async def subject(self, code: str, going: Going) -> str:
        """Who came back. Raises Refused when the provider or its token is not as it must be."""
        about = await self._about()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": going.verifier,
        }
        keeping = (self._client_id, self._client_secret)
        token = await self._json("POST", str(about["token_endpoint"]), data=form, auth=keeping)
        keys = await self._json("GET", str(about["jwks_uri"]))
        return self.checked(str(token.get("id_token", "")), keys, going.nonce)

    def checked(self, id_token: str, keys: Any, nonce: str) -> str:
        """The subject of a token that is signed, ours, fresh and asked for. Raises Refused."""
        try:
            claims = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
            options = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._client_id},
            }
            params = {"nonce": nonce, "client_id": self._client_id}
            token = CodeIDToken(claims.claims, claims.header, options, params)
            token.validate(int(time.time()), _LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused(type(error).__name__) from None
        except Exception as error:  # authlib's own errors share no base with joserfc's
            if type(error).__module__.startswith("authlib"):
                raise _refused(type(error).__name__) from None
            raise
        return str(token["sub"])

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _about(self) -> dict[str, Any]:
        about = await self._json("GET", f"{self.issuer}/.well-known/openid-configuration")
        if about.get("issuer") != self.issuer:
            raise _refused("issuer")
        return about

    async def _json(self, method: str, url: str, **what: Any) -> dict[str, Any]:
        try:
            response = await self._http.request(method, url, **what)
            data = response.json() if response.status_code == 200 else None
        except (httpx2.HTTPError, ValueError):
            data = None
        if not isinstance(data, dict):
            raise Refused("oidc_unavailable", "统一登录暂时没有回应，请用登录名和密码", 503)
        return data


def _refused(why: str) -> Refused:
    return Refused("oidc_refused", f"统一登录的凭据核对不过（{why}），请重试或找管理员", 403)
