"""The access_token: fetched when it is first needed, kept until shortly before its end, fetched anew when refused."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx2

from bot.channels.discretion import Discretion
from bot.channels.wechat.errors import TokenRefused

_PATH = "/cgi-bin/stable_token"
_MARGIN_SECONDS = 300


class AccessToken:
    """One account's. ``stable_token`` is asked: it doesn't end the token of another program of the account, and
    takes the secret in the body, where no log has it.
    """

    def __init__(self, http: httpx2.AsyncClient, appid: str, secret: str, discretion: Discretion) -> None:
        self._http = http
        self._ask = {"grant_type": "client_credential", "appid": appid, "secret": secret}
        self._discretion = discretion
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def get(self, refused: str = "") -> str:
        """The token to use.

        :param refused: one that the platform did not take.
        :raises TokenRefused: when the platform gives none.
        :raises httpx2.HTTPError: when the platform does not answer.
        """
        async with self._lock:
            if self._token and self._token != refused and time.monotonic() < self._until:
                return self._token
            token, seconds = await self._fetch(force=False)
            if token == refused:
                token, seconds = await self._fetch(force=True)
            self._token, self._until = token, time.monotonic() + max(seconds - _MARGIN_SECONDS, seconds / 2)
            return self._token

    async def _fetch(self, force: bool) -> tuple[str, float]:
        response = await self._http.post(_PATH, json={**self._ask, "force_refresh": force})
        body: dict[str, Any] = response.raise_for_status().json()
        if not isinstance(token := body.get("access_token"), str):
            raise TokenRefused(int(body.get("errcode", -1)))
        self._discretion.hide(token)
        return token, float(body.get("expires_in", 0))
