"""Talks to Rasa's REST channel and calls silence what it is: a failure.

Rasa answers ``200 []`` when an action, its store or the message itself failed, so an empty list, like
anything that isn't a list of messages, counts as Rasa being unavailable.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx2

from actions.telemetry.correlation import KEY, current_id
from actions.telemetry.tracing import carrier, span
from bot.gateway.errors import RasaGone, RasaUnavailable
from bot.gateway.wire import Calls, Reply

_CONNECT_SECONDS = 2.0
_READY_SECONDS = 2.0
# When Rasa hangs, residents after the second one shouldn't wait out the full time limit each.
_HANGS = 2
_AVOID_SECONDS = 10.0


class RasaClient:
    """One connection pool to one Rasa server.

    :param seconds: whole time a reply may take.
    """

    def __init__(self, base_url: str, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        timeout = httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
        self._http = Calls(base_url, timeout=timeout)
        self._seconds = seconds
        self._clock = clock
        self._hangs = 0
        self._avoid_until = 0.0
        self._replied = float("-inf")

    async def send(
        self, sender: str, message: str, metadata: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """What Rasa says to this message; at least one message.

        :param metadata: reaches the actions beside the text; it stays in the tracker, so nothing secret in clear.
        :raises RasaGone: when it was not even asked.
        :raises RasaUnavailable: when it is too slow or gives no usable reply.
        """
        if self.avoided:
            raise RasaGone("rasa hung a moment ago and is left alone")
        try:
            with span("rasa"):
                along = {KEY: current_id(), **carrier(), **(metadata or {})}
                body = {"sender": sender, "message": message, "metadata": along}
                async with asyncio.timeout(self._seconds):
                    response = await self._http.post("/webhooks/rest/webhook", json=body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise RasaGone(f"rasa is not reachable: {type(error).__name__}") from None
        except (TimeoutError, httpx2.TimeoutException):
            self._hung()
            raise RasaUnavailable(f"rasa gave no reply in {self._seconds:g} s") from None
        except httpx2.HTTPError as error:
            raise RasaUnavailable(f"rasa is not reachable: {type(error).__name__}") from None
        self._hangs = 0
        self._replied = self._clock()
        return _messages(response)

    @property
    def avoided(self) -> bool:
        """Whether it is left alone for a while."""
        return self._clock() < self._avoid_until

    def avoid(self) -> None:
        """Leave it alone for a while."""
        self._avoid_until = self._clock() + _AVOID_SECONDS

    def _hung(self) -> None:
        self._hangs += 1
        if self._hangs >= _HANGS:
            self.avoid()
            self._hangs = 0

    async def ready(self) -> bool:
        """Whether the server answers at all: this question, or meanwhile somebody's message that stood before it."""
        begin = self._clock()
        try:
            response = await self._http.get("/", seconds=_READY_SECONDS)
        except httpx2.TimeoutException:
            return self._replied > begin
        except httpx2.HTTPError:
            return False
        return response.status_code == 200

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _messages(response: Reply) -> list[dict[str, Any]]:
    if response.status_code != 200:
        raise RasaUnavailable(f"rasa answered with status {response.status_code}")
    try:
        messages = response.json()
    except ValueError:
        raise RasaUnavailable("rasa answered something that is not JSON") from None
    if not isinstance(messages, list) or not messages:
        raise RasaUnavailable(f"rasa answered an empty or unusable {type(messages).__name__}")
    if not all(isinstance(message, dict) for message in messages):
        raise RasaUnavailable("rasa answered a list of something that is not messages")
    return messages
