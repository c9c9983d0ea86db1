"""Sends by 客服消息 until the platform has taken it or says that it won't."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx2

from bot.channels.wechat.errors import NotNow, ReaderGone, TokenRefused
from bot.channels.wechat.token import AccessToken
from bot.channels.wechat.tuning import Tuning

log = logging.getLogger(__name__)
_PATH = "/cgi-bin/message/custom/send"
_BUSY = -1
_TOKEN_BAD = frozenset({40001, 40014, 42001})
_GONE = frozenset({40003, 43004})  # no such reader; not a follower


class Post:
    """One account's sending side.

    :param http: with the platform's address.
    """

    def __init__(self, http: httpx2.AsyncClient, token: AccessToken, tuning: Tuning) -> None:
        self._http = http
        self._token = token
        self._tuning = tuning

    async def send(self, reader: str, text: str) -> None:
        """Send one text; returns when the platform has taken it.

        :raises NotNow: outside the 48 hours (45015), over the number for one message of theirs (45047), or forbidden.
        :raises ReaderGone: when they don't follow the account.
        """
        tries, refused = 0, ""
        while True:
            tries += 1
            try:
                token = await self._token.get(refused)
                code = await self._attempt(token, reader, text)
            except (httpx2.HTTPError, ValueError) as error:
                log.warning("the platform is not reachable: %s, attempt %d", type(error).__name__, tries)
                await asyncio.sleep(self._tuning.wait(tries))
                continue
            except TokenRefused as error:
                log.error("%s", error)
                await asyncio.sleep(self._tuning.last_wait)
                continue
            if code == 0:
                return
            refused = token if code in _TOKEN_BAD else ""
            await self._after(code, tries)

    async def _after(self, code: int, tries: int) -> None:
        """Wait before another attempt, if one can help."""
        if code in _GONE:
            raise ReaderGone(f"errcode {code}")
        if code in _TOKEN_BAD:
            # The first time at once: another program of the account may have fetched a token.
            await asyncio.sleep(0 if tries == 1 else self._tuning.wait(tries))
        elif code == _BUSY:
            await asyncio.sleep(self._tuning.wait(tries))
        else:
            raise NotNow(code)

    async def _attempt(self, token: str, reader: str, text: str) -> int:
        letter = {"touser": reader, "msgtype": "text", "text": {"content": text}}
        # The platform shows escaped characters as they are escaped.
        body = json.dumps(letter, ensure_ascii=False).encode("utf-8", "replace")
        response = await self._http.post(_PATH, params={"access_token": token}, content=body)
        return int(response.raise_for_status().json().get("errcode", 0))
