"""Saying one thing on a channel of the running product and hearing what is said to it.

talk = Telegram(product, 7)
talk.says("路灯坏了", "a-1", 10)     # Heard(ok=True, status=200, text="…")
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx2

from tests.fake_telegram import FakeTelegram, message
from tests.fake_wechat import FakeWeChat, text

numbers = itertools.count(1_000_000)  # of updates: Telegram counts them for all chats together
_LOOK_SECONDS = 0.05
_BUBBLES_SECONDS = 0.3  # a reply may have several
_RESTART_SECONDS = 60.0
_TICKET = re.compile(r"(HS-\d{6}-\d{5})，查询码")
# What the product says when it could not do what was asked
_FAILED = ("现在只能查资料", "没能得到回复", "系统出了故障", "太多人在问", "您发得有点快")


@dataclass(frozen=True)
class Heard:
    """What came back. ``whole``: the product did what was asked, as far as one hears; ``status`` is HTTP's or 0."""

    whole: bool
    status: int
    text: str


class Talk(Protocol):
    """One person on one channel. ``pause``: seconds, from and to, before they try again.

    :raises TimeoutError: from ``says``, when nothing came in so many seconds: it may have happened or not
    """

    pause: tuple[float, float]

    def says(self, words: str, id_: str, seconds: float) -> Heard: ...

    def anew(self) -> None:
        """Another person from now on."""

    def restart(self) -> None:
        """Another conversation of the same person; where that fails, the old one goes on."""

    def close(self) -> None: ...


class Web:
    """The page, which sends a message again by itself."""

    pause = 0.5, 2.0

    def __init__(self, address: str, headers: Mapping[str, str]) -> None:
        self._address, self._headers = address, dict(headers)
        self.http = self._browser()

    def _browser(self) -> httpx2.Client:
        return httpx2.Client(base_url=self._address, headers=self._headers, timeout=30, trust_env=False)

    def says(self, words: str, id_: str, seconds: float) -> Heard:
        """See :class:`Talk`."""
        try:
            body = {"message": words, "id": id_}
            response = self.http.post("/api/chat", json=body, timeout=seconds)
        except httpx2.HTTPError as error:
            raise TimeoutError(type(error).__name__) from error
        replies = response.json()["replies"]
        down = any(reply.get("notice") == "forms_unavailable" for reply in replies)
        spoken = "\n".join(reply["text"] for reply in replies)
        return Heard(response.status_code == 200 and not down, response.status_code, spoken)

    def anew(self) -> None:
        """A browser that has not been here before."""
        self.close()
        self.http = self._browser()

    def restart(self) -> None:
        """「新对话」."""
        try:
            self.http.post("/api/restart", json={})
        except httpx2.HTTPError:
            return

    def close(self) -> None:
        """Close the browser."""
        self.http.close()


class Telegram:
    """A private chat with the bot. What was sent once is not sent again: Telegram does that itself."""

    pause = 4.0, 8.0  # who writes faster is asked to slow down

    def __init__(self, platform: FakeTelegram, chat: int) -> None:
        self._platform, self.chat = platform, chat
        self._updates: dict[str, tuple[int, int]] = {}

    def says(self, words: str, id_: str, seconds: float) -> Heard:
        """See :class:`Talk`; said again under its id, only the wait goes on."""
        if id_ not in self._updates:
            self._updates[id_] = next(numbers), len(self._platform.texts(self.chat))
            self._platform.put(message(self._updates[id_][0], self.chat, words))
        before = self._updates[id_][1]
        end = time.monotonic() + seconds
        while not self._answers(before):
            if time.monotonic() > end:
                raise TimeoutError(f"nothing in chat {self.chat}")
            time.sleep(_LOOK_SECONDS)
        time.sleep(_BUBBLES_SECONDS)
        spoken = "\n".join(self._answers(before))
        whole = not any(words in spoken for words in _FAILED)
        if not whole:  # a person says it again
            del self._updates[id_]
        return Heard(whole, 200, spoken)

    def _answers(self, before: int) -> list[str]:
        """The bubbles since, without a receipt that comes a second time: after a kill Telegram may show one twice
        (docs/adr/0014), and a person sees that they have it already.
        """
        texts = self._platform.texts(self.chat)
        old = {number for text in texts[:before] for number in _TICKET.findall(text)}
        return [text for text in texts[before:] if not old & set(_TICKET.findall(text))]

    def anew(self) -> None:
        """Another chat."""
        self.chat += 1_000_000

    def restart(self) -> None:
        """/start, which has no answer that is waited for here."""
        before = len(self._platform.texts(self.chat))
        self._platform.put(message(next(numbers), self.chat, "/start"))
        end = time.monotonic() + _RESTART_SECONDS
        while len(self._platform.texts(self.chat)) <= before and time.monotonic() < end:
            time.sleep(_LOOK_SECONDS)

    def close(self) -> None:
        """Nothing is open."""


class WeChat:
    """A reader of the 公众号."""

    pause = 4.0, 8.0

    def __init__(self, platform: FakeWeChat, url: str, reader: str) -> None:
        self._platform, self._url, self._reader = platform, url, reader

    def says(self, words: str, id_: str, seconds: float) -> Heard:
        """See :class:`Talk`."""
        before = len(self._platform.texts(self._reader))
        self._platform.write(self._url, text(next(numbers), self._reader, words))
        end = time.monotonic() + seconds
        while len(self._platform.texts(self._reader)) <= before:
            if time.monotonic() > end:
                raise TimeoutError(f"nothing for {self._reader}")
            time.sleep(_LOOK_SECONDS)
        return Heard(True, 200, "\n".join(self._platform.texts(self._reader)[before:]))

    def anew(self) -> None:
        """Another reader."""
        self._reader += "x"

    def restart(self) -> None:
        """There is none here."""

    def close(self) -> None:
        """Nothing is open."""
