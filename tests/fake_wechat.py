"""微信公众平台 on loopback as documented: signed calls with retries towards the account, and 客服消息 with its limits.

The platform calls the account's address, waits five seconds, and calls again with the same message, three times in
all; what the account replies in time is shown. 客服消息 are taken for 48 hours after a reader wrote, five at most.
"""

from __future__ import annotations

import base64
import json
import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx2
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN, APPID, SECRET = "word-for-tests", "wx8189001890abcdef", "wechat-secret-for-tests-0123456789"
AES_KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
ACCOUNT = "gh_81890"
CALLS = 3


def sign(*parts: str) -> str:
    """The platform's signature."""
    return sha1("".join(sorted(parts)).encode()).hexdigest()


def seal(text: str, appid: str = APPID, key: str = AES_KEY) -> str:
    """As the platform encrypts, written down a second time from its documentation."""
    raw, data = base64.b64decode(key + "="), text.encode()
    plain = os.urandom(16) + len(data).to_bytes(4, "big") + data + appid.encode()
    plain += bytes([32 - len(plain) % 32]) * (32 - len(plain) % 32)
    encryptor = Cipher(algorithms.AES256(raw), modes.CBC(raw[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def unseal(sealed: str, key: str = AES_KEY) -> str:
    """The inverse."""
    raw = base64.b64decode(key + "=")
    decryptor = Cipher(algorithms.AES256(raw), modes.CBC(raw[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
    return plain[20 : 20 + int.from_bytes(plain[16:20], "big")].decode()


def text(id_: int, reader: str, content: str) -> dict[str, str]:
    """A message with words."""
    return {**message(id_, reader, "text"), "Content": content}


def message(id_: int, reader: str, kind: str, **more: str) -> dict[str, str]:
    """A message of any kind."""
    head = {"ToUserName": ACCOUNT, "FromUserName": reader, "CreateTime": str(int(time.time()))}
    return {**head, "MsgType": kind, "MsgId": str(id_), **more}


def event(reader: str, name: str, when: int, key: str = "") -> dict[str, str]:
    """An event; it has no number."""
    head = {"ToUserName": ACCOUNT, "FromUserName": reader, "CreateTime": str(when), "MsgType": "event"}
    return {**head, "Event": name, "EventKey": key}


def letter(fields: Mapping[str, str]) -> str:
    """The XML of a message."""
    parts = ((name, value.replace("]]>", "]]]]><![CDATA[>")) for name, value in fields.items())
    return "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in parts) + "</xml>"


@dataclass
class FakeWeChat:
    """The state; ``app`` serves the platform's interface.

    :param aes: 安全模式.
    :param patience: seconds the platform waits for a reply.
    """

    aes: bool = False
    patience: float = 5.0
    most: int = 5
    seed: int = 1
    busy: int = 0  # so many of the next sends get -1
    gone: set[str] = field(default_factory=set)
    shown: list[tuple[str, str, str]] = field(default_factory=list)  # reader, text, "passive" or "service"
    statuses: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    forced: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._rooms: dict[str, int] = {}
        self.app = Starlette(
            routes=[
                Route("/cgi-bin/stable_token", self._token, methods=["POST"]),
                Route("/cgi-bin/message/custom/send", self._send, methods=["POST"]),
            ]
        )

    def texts(self, reader: str) -> list[str]:
        """What a reader sees, in order."""
        return [said for who, said, _ in self.shown if who == reader]

    def ways(self, reader: str) -> list[str]:
        """How each came."""
        return [way for who, _, way in self.shown if who == reader]

    def write(self, url: str, fields: Mapping[str, str]) -> None:
        """A reader writes: the platform calls the account, and again when it gets no reply."""
        reader = fields["FromUserName"]
        self._rooms[reader] = self.most
        for _ in range(CALLS):
            try:
                response = self.call(url, fields)
            except httpx2.HTTPError:
                continue
            self.statuses.append(response.status_code)
            if response.status_code == 200:
                self._show(reader, response)
                return

    def call(
        self, url: str, fields: Mapping[str, str], when: int = 0, query: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """One signed call; ``when`` and ``query`` to sign it wrongly."""
        body, signed = self.signed(fields, when)
        address = f"{url}/wechat?{urlencode(query if query is not None else signed)}"
        return httpx2.post(address, content=body, timeout=self.patience, trust_env=False)

    def signed(self, fields: Mapping[str, str], when: int = 0) -> tuple[bytes, dict[str, str]]:
        """Body and query of a call."""
        now, nonce = str(when or int(time.time())), str(self._random.getrandbits(48))
        query = {"signature": sign(TOKEN, now, nonce), "timestamp": now, "nonce": nonce}
        if not self.aes:
            return letter(fields).encode(), query
        sealed = seal(letter(fields))
        query |= {"encrypt_type": "aes", "msg_signature": sign(TOKEN, now, nonce, sealed)}
        return letter({"ToUserName": ACCOUNT, "Encrypt": sealed}).encode(), query

    def _show(self, reader: str, response: httpx2.Response) -> None:
        if response.text == "success":
            return
        reply = {child.tag: child.text or "" for child in ElementTree.fromstring(response.text)}
        if self.aes:
            sealed = reply["Encrypt"]
            assert reply["MsgSignature"] == sign(TOKEN, reply["TimeStamp"], reply["Nonce"], sealed)
            reply = {child.tag: child.text or "" for child in ElementTree.fromstring(unseal(sealed))}
        assert (reply["ToUserName"], reply["FromUserName"]) == (reader, ACCOUNT)
        assert reply["MsgType"] == "text"
        assert 0 < len(reply["Content"].encode()) <= 2048
        self.shown.append((reader, reply["Content"], "passive"))

    def shut(self, reader: str) -> None:
        """48 hours have passed since the reader wrote."""
        self._rooms.pop(reader, None)

    def expire(self) -> None:
        """The token that was given out is good no more."""
        self.tokens.append("")

    async def _token(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        if (asked["appid"], asked["secret"]) != (APPID, SECRET):
            return JSONResponse({"errcode": 40125, "errmsg": "invalid appsecret"})
        self.forced += bool(asked.get("force_refresh"))
        if not self.tokens or not self.tokens[-1] or asked.get("force_refresh"):
            self.tokens.append(f"access-token-{len(self.tokens)}-{self._random.getrandbits(64):x}")
        return JSONResponse({"access_token": self.tokens[-1], "expires_in": 7200})

    async def _send(self, request: Request) -> Response:
        code = self._taken(request.query_params.get("access_token", ""), await request.body())
        self.codes.append(code)
        return JSONResponse({"errcode": code, "errmsg": "ok" if not code else "no"})

    def _taken(self, token: str, body: bytes) -> int:
        if not self.tokens or token != self.tokens[-1]:
            return 42001 if token in self.tokens else 40001
        if self.busy:
            self.busy -= 1
            return -1
        sent: dict[str, Any] = json.loads(body)
        reader, content = sent["touser"], sent["text"]["content"]
        if reader in self.gone:
            return 43004
        if reader not in self._rooms:
            return 45015
        if not content or len(content.encode()) > 2048:
            return 45002
        if self._rooms[reader] == 0:
            return 45047
        self._rooms[reader] -= 1
        self.shown.append((reader, content, "service"))
        return 0
