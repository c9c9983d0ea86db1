"""Talks to the answering service: answers when Rasa can't, and the published documents."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx2

from actions.answering.answer import Answer
from actions.telemetry.tracing import onward, span
from bot.gateway.errors import ServiceUnavailable, SourceUnknown
from bot.gateway.wire import Calls, Servers

_CONNECT_SECONDS = 2.0
_READY_SECONDS = 2.0
_SWITCH_SECONDS = 1.0  # asked before every answer: a frozen service must leave time for the apology
# The service gives up by itself first; this is only for the way there and back.
_MARGIN_SECONDS = 1.0


class ServiceClient:
    """One connection pool to the answering service.

    :param answer_seconds: how long the service itself takes at most for an answer.
    """

    def __init__(self, servers: Servers, token: str, answer_seconds: float) -> None:
        self._seconds = answer_seconds + _MARGIN_SECONDS
        self._http = Calls(
            servers,
            {"Authorization": f"Bearer {token}"},
            onward=onward,
            timeout=httpx2.Timeout(self._seconds, connect=_CONNECT_SECONDS),
        )

    async def answer(self, text: str, history: Sequence[str]) -> Answer:
        """The pipeline's answer.

        :raises ServiceUnavailable: when there is none.
        """
        data = await self._request("POST", "/answer", json={"text": text, "history": list(history)})
        try:
            return Answer.from_payload(data)
        except (TypeError, KeyError) as error:
            raise ServiceUnavailable(f"the service's answer has another shape: {error}") from None

    async def sources(self) -> list[dict[str, Any]]:
        """Title, date and so on of every published document.

        :raises ServiceUnavailable: when the service doesn't tell.
        """
        sources = (await self._request("GET", "/sources")).get("sources")
        if not isinstance(sources, list):
            raise ServiceUnavailable("the service's list of sources has another shape")
        return sources

    async def source(self, source_id: str) -> dict[str, Any]:
        """One document with its text as received.

        :raises SourceUnknown: when there is none with this id.
        :raises ServiceUnavailable: when the service doesn't tell.
        """
        return await self._request("GET", f"/sources/{quote(source_id, safe='')}")

    async def switched_off(self) -> list[str]:
        """The channels on which the bot is switched off; ``*`` is all of them.

        :raises SourceUnknown: when this service has no switches.
        :raises ServiceUnavailable: when the service doesn't tell.
        """
        off = (await self._request("GET", "/switches", seconds=_SWITCH_SECONDS)).get("off")
        if not isinstance(off, list):
            raise ServiceUnavailable("the service's list of switches has another shape")
        return [str(channel) for channel in off]

    async def ready(self) -> bool:
        """Whether the service can answer questions."""
        try:
            return (await self._http.get("/readyz", seconds=_READY_SECONDS)).status_code == 200
        except httpx2.HTTPError:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _request(
        self, method: str, path: str, json: object = None, seconds: float = 0
    ) -> dict[str, Any]:
        try:
            with span("service"):
                async with asyncio.timeout(seconds or self._seconds):
                    response = await self._http.request(method, path, json=json)
        except (TimeoutError, httpx2.HTTPError) as error:
            raise ServiceUnavailable(f"the service is not reachable: {type(error).__name__}") from None
        if response.status_code == 404:
            raise SourceUnknown(path)
        if response.status_code != 200:
            raise ServiceUnavailable(f"the service answered with status {response.status_code}")
        try:
            data = response.json()
        except ValueError:
            raise ServiceUnavailable("the service answered something that is not JSON") from None
        if not isinstance(data, dict):
            raise ServiceUnavailable("the service answered something that is not an object")
        return data
