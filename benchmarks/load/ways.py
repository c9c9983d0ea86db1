"""The ways to say something: to the echo, through the web, through Telegram. Each chat waits for its reply."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, Literal, Protocol
from uuid import uuid4

from redis.asyncio import Redis

from bot.gateway.wire import Calls, Reply
from tests.fake_telegram import FakeTelegram, message

MOST_SECONDS = 180.0
LOOK_SECONDS = 0.02
CONNECTIONS = 2000  # more than ever talk at once
Kind = Literal["answered", "empty", "alone", "failed"]
SHED = ("busy", "rate_limited")


@dataclass(frozen=True)
class Turn:
    """One message and its reply.

    :param seconds: from sending it to the whole reply; of the try that was let in.
    :param kind: ``alone``: answered without the dialogue; ``failed``: an error or an apology.
    :param shed: seconds that each refusal before it took (429 or 503 with ``Retry-After``).
    """

    seconds: float
    kind: Kind
    shed: tuple[float, ...] = ()


class Chat(Protocol):
    """One conversation."""

    async def say(self, text: str) -> Turn: ...


class Way(Protocol):
    """Makes conversations."""

    name: str

    def chat(self) -> Chat: ...


class EchoChat:
    def __init__(self, http: Calls, address: str) -> None:
        self._http, self._url, self._sender = http, f"{address}/webhooks/rest/webhook", uuid4().hex

    async def say(self, text: str) -> Turn:
        begin = time.monotonic()
        response = await self._http.post(self._url, json={"sender": self._sender, "message": text})
        said = response.json() if response.status_code == 200 else None
        kind: Kind = "failed" if said is None else "answered" if said else "empty"
        return Turn(time.monotonic() - begin, kind)


class WebChat:
    """A browser: it keeps its cookie, and comes again when it is told to."""

    def __init__(self, http: Calls, address: str) -> None:
        self._http, self._address = http, address
        self._cookies: dict[str, str] = {}

    async def say(self, text: str) -> Turn:
        id_, shed = uuid4().hex, list[float]()
        while True:
            begin = time.monotonic()
            response = await self.post(text, id_)
            seconds = time.monotonic() - begin
            kind = judged(response)
            if kind is not None:
                return Turn(seconds, kind, tuple(shed))
            shed.append(seconds)
            await asyncio.sleep(float(response.headers["Retry-After"]))

    async def post(self, text: str, id_: str) -> Reply:
        """One try."""
        url, body = f"{self._address}/api/chat", {"message": text, "id": id_}
        response = await self._http.post(url, json=body, headers=self._headers())
        given = SimpleCookie(response.headers.get("Set-Cookie", ""))
        self._cookies |= {name: morsel.value for name, morsel in given.items()}
        return response

    def _headers(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": cookie} if cookie else {}

    async def shown(self) -> set[str]:
        """The ids of what the page shows when it is opened again."""
        response = await self._http.get(f"{self._address}/api/history", headers=self._headers())
        return {turn["id"] for turn in response.raise_for_status().json()["turns"]}


def judged(response: Reply) -> Kind | None:
    """What a reply of ``POST /api/chat`` is; None: turned away, to come again."""
    replies: list[dict[str, Any]] = response.json().get("replies", [])
    notices = {reply.get("notice") for reply in replies}
    if response.status_code in (429, 503) and "Retry-After" in response.headers and notices & set(SHED):
        return None
    if response.status_code != 200 or "apology" in notices:
        return "failed"
    if "forms_unavailable" in notices:
        return "alone"
    return "answered" if any(reply.get("text", "").strip() for reply in replies) else "empty"


def client() -> Calls:
    """For all chats together; it keeps no cookies: it would lend one's session to another.

    What the product's own processes call each other with takes little processor time: what the residents' side takes is
    missing on the other.
    """
    return Calls("", timeout=MOST_SECONDS, connections=CONNECTIONS)


class Http:
    """The echo or the web, over one client."""

    def __init__(self, name: str, chat: type[EchoChat] | type[WebChat], address: str) -> None:
        self.name, self._chat, self._address = name, chat, address
        self.client = client()

    def chat(self) -> Chat:
        """See :class:`Way`."""
        return self._chat(self.client, self._address)


class Telegram:
    """Chats of a fake Bot API. A turn is over when its update has left the spool: then its last bubble has arrived."""

    name = "Telegram"

    def __init__(self, fake: FakeTelegram, redis_url: str) -> None:
        self._fake = fake
        self._redis: Redis = Redis.from_url(redis_url, decode_responses=True)
        self._updates, self._chats = itertools.count(1), itertools.count(1)
        self._put: dict[str, asyncio.Event] = {}

    def chat(self) -> Chat:
        """See :class:`Way`."""
        return TelegramChat(self, next(self._chats))

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """One look at the spool for all chats; goes on while the body runs."""
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            await self._redis.aclose()

    async def deliver(self, chat: int, text: str) -> tuple[float, list[Any]]:
        """Seconds until the last bubble, and the bubbles."""
        id_, before = next(self._updates), len(self._fake.sent)
        done = self._put[str(id_)] = asyncio.Event()
        self._fake.put(message(id_, chat, text))
        async with asyncio.timeout(MOST_SECONDS):
            await done.wait()
        bubbles = [one for one in self._fake.sent[before:] if one.chat == str(chat)]
        last = bubbles[-1].at if bubbles else time.monotonic()
        return last - self._fake.given[id_], bubbles

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            ids = [id_ for id_ in self._put if int(id_) in self._fake.given]
            if not ids:
                continue
            fates = await self._redis.mget([f"tg:seen:{id_}" for id_ in ids])
            for id_ in (id_ for id_, fate in zip(ids, fates, strict=True) if fate == "done"):
                self._put.pop(id_).set()


class TelegramChat:
    def __init__(self, telegram: Telegram, number: int) -> None:
        self._telegram, self._number = telegram, number

    async def say(self, text: str) -> Turn:
        seconds, bubbles = await self._telegram.deliver(self._number, text)
        return Turn(seconds, "answered" if bubbles else "empty")
