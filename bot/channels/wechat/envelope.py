"""Opens what the platform sends, and closes what it gets back; plain, or in 安全模式 when there is a key for it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from hashlib import sha256

from redis.asyncio import Redis

from actions.serving.token import same
from bot.channels.wechat import xml
from bot.channels.wechat.cipher import Cipher, signature
from bot.channels.wechat.errors import LetterRefused


class Envelope:
    """One account's.

    :param token: the word agreed on with the platform, of which signatures are made.
    :param aes_key: EncodingAESKey; with it only encrypted letters are taken.
    :param window: seconds that a letter's time may differ from ours.
    """

    def __init__(self, redis: Redis, token: str, appid: str, aes_key: str, window: int) -> None:
        self._redis = redis
        self._token = token
        self._cipher = Cipher(aes_key, appid) if aes_key else None
        self._window = window

    async def echo(self, query: Mapping[str, str]) -> str:
        """The word the platform wants to hear when the address is entered.

        :raises LetterRefused: when it isn't the platform that asks.
        """
        word = query.get("echostr", "")
        await self._check(query, "signature", (), word.encode())
        return word

    async def open(self, query: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The message's fields.

        :raises LetterRefused: when it is unsigned, old, replayed with other content, or unreadable.
        :raises RedisError: when it can't be known whether it is replayed.
        """
        if self._cipher is None:
            await self._check(query, "signature", (), body)
            return xml.read(body)
        sealed = xml.read(body).get("Encrypt", "")
        await self._check(query, "msg_signature", (sealed,), body)
        return xml.read(self._cipher.open(sealed))

    def close(self, fields: Mapping[str, str]) -> str:
        """A reply as the platform takes it."""
        text = xml.write(fields)
        if self._cipher is None:
            return text
        sealed, now, nonce = self._cipher.seal(text), str(int(time.time())), secrets.token_hex(8)
        return xml.write(
            {
                "Encrypt": sealed,
                "MsgSignature": signature(self._token, now, nonce, sealed),
                "TimeStamp": now,
                "Nonce": nonce,
            }
        )

    async def _check(self, query: Mapping[str, str], name: str, more: tuple[str, ...], body: bytes) -> None:
        given, sent, nonce = query.get(name, ""), query.get("timestamp", ""), query.get("nonce", "")
        if not same(given, signature(self._token, sent, nonce, *more)):
            raise LetterRefused("signature_wrong")
        if not sent.isascii() or not sent.isdigit() or abs(time.time() - int(sent)) > self._window:
            raise LetterRefused("too_old")
        # In plain mode the signature doesn't cover the letter: one that was seen may not carry another letter.
        held, ours = f"wx:sig:{given}", sha256(body).hexdigest()
        earlier = await self._redis.set(held, ours, nx=True, get=True, ex=2 * self._window)
        if earlier is not None and earlier != ours:
            raise LetterRefused("signature_used")
