"""A Bot API on loopback that behaves as documented, and counts what a bot must not do.

Updates stay until a call of ``getUpdates`` asks for a higher offset. Each is given ``copies`` times in a shuffled batch.
A share of messages is refused with 429 and ``retry_after``; whoever sends to that chat sooner is noted in ``rude``.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "8189001:fake-token-for-tests-0123456789abcd"
BOT = {"id": 8189001, "is_bot": True, "first_name": "海曙81890", "username": "haishu_test_bot"}
_QUIET = {
    "setMyCommands": True,
    "setMyShortDescription": True,
    "sendChatAction": True,
    "deleteWebhook": True,
    "setWebhook": True,
}


@dataclass(frozen=True)
class Sent:
    """A message the fake has taken."""

    chat: str
    text: str
    markup: dict[str, Any]
    reply_to: int
    id: int
    at: float = 0.0  # monotonic

    def data(self, title: str) -> str:
        """What the button with this title gives back."""
        return next(
            str(b["callback_data"])
            for row in self.markup["inline_keyboard"]
            for b in row
            if b["text"] == title
        )


@dataclass
class FakeTelegram:
    """The state; ``app`` serves it."""

    seed: int = 1
    copies: int = 1
    refused_share: float = 0.0
    retry_after: int = 1
    blocked: set[str] = field(default_factory=set)
    sent: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refused: int = 0
    rude: int = 0
    highest: int = 0  # offset that was confirmed
    given: dict[int, float] = field(default_factory=dict)  # when an update was first given out, monotonic

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._updates: dict[int, dict[str, Any]] = {}
        self._wait: dict[str, float] = {}
        self._lock = threading.Lock()
        self.app = Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])])

    def put(self, *updates: dict[str, Any]) -> None:
        """Have these delivered."""
        with self._lock:
            self._updates.update({update["update_id"]: update for update in updates})

    def waiting(self) -> int:
        """Updates not yet confirmed."""
        with self._lock:
            return len(self._updates)

    def texts(self, chat: int) -> list[str]:
        """What arrived in a chat, in order."""
        return [one.text for one in self.sent if one.chat == str(chat)]

    def forgive(self) -> None:
        """Forget who has to wait: a process that died cannot remember what it was told."""
        self._wait.clear()

    def called(self, method: str) -> list[dict[str, str]]:
        """The parameters of each call of a method."""
        return [parameters for name, parameters in self.calls if name == method]

    async def _call(self, request: Request) -> Response:
        if request.path_params["token"] != TOKEN:
            return _error(401, "Unauthorized")
        method = request.path_params["method"]
        try:
            parameters = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        except ClientDisconnect:  # a courtesy that was called off; nobody reads this reply
            return _error(400, "Bad Request: not whole")
        self.calls.append((method, parameters))
        if method == "getMe":
            return _ok(BOT)
        if method == "getUpdates":
            return await self._get_updates(parameters)
        if method == "sendMessage":
            return self._send(parameters)
        if method in ("answerCallbackQuery", "editMessageReplyMarkup") or method in _QUIET:
            return _ok(True)
        return _error(404, "Not Found: method not found")

    async def _get_updates(self, parameters: dict[str, str]) -> Response:
        offset, end = int(parameters.get("offset", 0)), time.monotonic() + float(parameters.get("timeout", 0))
        with self._lock:
            self.highest = max(self.highest, offset)
            self._updates = {id_: u for id_, u in self._updates.items() if id_ >= offset}
        while True:
            with self._lock:
                batch = [u for _, u in sorted(self._updates.items())[: 100 // self.copies]] * self.copies
                self._random.shuffle(batch)
            if batch or time.monotonic() > end:
                for update in batch:
                    self.given.setdefault(update["update_id"], time.monotonic())
                return _ok(batch)
            await asyncio.sleep(0.02)

    def _send(self, parameters: dict[str, str]) -> Response:
        chat, text = parameters["chat_id"], parameters.get("text", "")
        markup = json.loads(parameters.get("reply_markup", "{}"))
        if chat in self.blocked:
            return _error(403, "Forbidden: bot was blocked by the user")
        if problem := _problem(text, markup):
            return _error(400, f"Bad Request: {problem}")
        now = time.monotonic()
        if now < self._wait.get(chat, 0.0):
            self.rude += 1
            return self._too_many(chat)
        if self._random.random() < self.refused_share:
            self._wait[chat] = now + self.retry_after
            return self._too_many(chat)
        quoted = json.loads(parameters.get("reply_parameters", "{}")).get("message_id", 0)
        self.sent.append(Sent(chat, text, markup, int(quoted), len(self.sent) + 1, now))
        private = {"id": int(chat), "type": "private"}
        return _ok({"message_id": len(self.sent), "date": 1, "chat": private, "from": BOT, "text": text})

    def _too_many(self, chat: str) -> Response:
        self.refused += 1
        return _error(429, "Too Many Requests", {"retry_after": self.retry_after})


def _problem(text: str, markup: dict[str, Any]) -> str:
    data = [b.get("callback_data", "") for row in markup.get("inline_keyboard", ()) for b in row]
    if not text.strip():
        return "message text is empty"
    if len(text.encode("utf-16-le")) // 2 > 4096:
        return "message is too long"
    return "BUTTON_DATA_INVALID" if any(len(one.encode()) > 64 for one in data) else ""


def _ok(result: object) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _error(code: int, description: str, parameters: dict[str, Any] | None = None) -> Response:
    body = {"ok": False, "error_code": code, "description": description}
    return JSONResponse(body | ({"parameters": parameters} if parameters else {}), code)


def message(id_: int, chat: int, text: str | None = None, /, **more: Any) -> dict[str, Any]:
    """An update with a message in a private chat; ``more`` are further fields of the message."""
    sender = {"id": chat, "is_bot": False, "first_name": "某", "language_code": "zh-hans"}
    body = {
        "message_id": id_,
        "date": 1_790_000_000,
        "chat": {"id": chat, "type": "private"},
        "from": sender,
        **({"text": text} if text is not None else {}),
        **more,
    }
    return {"update_id": id_, "message": body}


def press(id_: int, sent: Sent, data: str) -> dict[str, Any]:
    """An update for a pressed button."""
    sender = {"id": int(sent.chat), "is_bot": False, "first_name": "某", "language_code": "zh-hans"}
    shown = {
        "message_id": sent.id,
        "date": 1_790_000_000,
        "chat": {"id": int(sent.chat), "type": "private"},
        "from": BOT,
        "text": sent.text,
        "reply_markup": sent.markup,
    }
    query = {"id": f"q{id_}", "from": sender, "chat_instance": "1", "message": shown, "data": data}
    return {"update_id": id_, "callback_query": query}
