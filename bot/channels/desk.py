"""Hands a message to the gateway and brings its replies back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2

from actions.telemetry.correlation import HEADER
from bot.channels.channel import Incoming
from bot.channels.errors import DeskUnavailable
from bot.channels.pace import Pace
from bot.gateway.wire import Calls, Servers

log = logging.getLogger(__name__)
_CONNECT_SECONDS = 2.0


class DeskClient:
    """One connection pool to the gateway.

    :param channel: the name under which the gateway knows this channel.
    :param seconds: how long the gateway itself takes at most.
    """

    def __init__(self, servers: Servers, token: str, channel: str, seconds: float) -> None:
        self._path = f"/channels/{channel}"
        self._channel = channel
        self._http = Calls(
            servers,
            {"Authorization": f"Bearer {token}"},
            timeout=httpx2.Timeout(seconds, connect=_CONNECT_SECONDS),
        )

    async def say(self, incoming: Incoming, user: str, number: int, message: str) -> dict[str, Any]:
        """The gateway's body with its replies, also when they say that it is too much or out of order.

        The update's id goes along: a message handed in twice is acted on once.

        :raises DeskUnavailable: when nothing usable came back; hand it in again.
        """
        letter = {"user": user, "number": number, "message": message, "public": incoming.public}
        name = f"{self._channel}-{incoming.id}"
        # The update's name in every process's log.
        return await self._post(self._path, {**letter, "id": name}, {HEADER: name})

    async def forget(self, user: str, number: int) -> dict[str, Any]:
        """Erase what was said in a chat; the gateway's body with what to say about it.

        :raises DeskUnavailable: when nothing usable came back; ask again.
        """
        return await self._post(f"{self._path}/forget", {"user": user, "number": number}, {})

    async def _post(self, path: str, letter: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        try:
            response = await self._http.post(path, json=dict(letter), headers=dict(headers))
            body = response.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise DeskUnavailable(f"the gateway is not reachable: {type(error).__name__}") from None
        # Nothing to say is a reply, too, where a person has the word.
        usable = isinstance(body, dict) and isinstance(body.get("replies"), list)
        if not usable or not (body["replies"] or response.status_code == 200):
            raise DeskUnavailable(f"the gateway answered with status {response.status_code} and no replies")
        if response.status_code == 404:
            raise DeskUnavailable("the gateway does not know the SERVICE_TOKEN of this channel")
        return dict(body)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


async def insist(call: Callable[[], Awaitable[dict[str, Any]]], pace: Pace) -> dict[str, Any] | None:
    """What the desk says to a call, tried again and again; None when it said nothing for as long as a resident may be
    kept waiting.
    """
    end, tries = time.monotonic() + pace.desk_seconds, 0
    while True:
        tries += 1
        try:
            return await call()
        except DeskUnavailable as error:
            log.warning("attempt %d: %s", tries, error)
            if time.monotonic() > end:
                return None
            await asyncio.sleep(pace.wait(tries))
