"""Talks to the service about tickets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx2

from actions.telemetry.tracing import onward
from bot.gateway.errors import ServiceUnavailable, TicketRefused, TicketUnknown
from bot.gateway.wire import Calls, Servers

_CONNECT_SECONDS = 2.0
_MARGIN_SECONDS = 1.0


class TicketClient:
    """One connection pool to one service.

    :param seconds: how long the service itself takes at most
    """

    def __init__(self, servers: Servers, token: str, seconds: float) -> None:
        self._seconds = seconds + _MARGIN_SECONDS
        self._http = Calls(
            servers,
            {"Authorization": f"Bearer {token}"},
            onward=onward,
            timeout=httpx2.Timeout(self._seconds, connect=_CONNECT_SECONDS),
        )

    async def file(self, report: Mapping[str, Any], key: str) -> dict[str, Any]:
        """File a report; the same key again gives the same receipt.

        :raises TicketRefused: when the service says why it does not take it
        :raises ServiceUnavailable: when it does not answer; the report may be filed or not, so repeat with the key
        """
        return await self._request("POST", "/tickets", json={**report, "key": key})

    async def list(self, query: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """Public tickets, newest first.

        :param query: of the service's ``GET /tickets``
        :raises ServiceUnavailable: when it does not answer
        """
        found = (await self._request("GET", "/tickets", params=list(query))).get("tickets")
        if not isinstance(found, list):
            raise ServiceUnavailable("the service's list of tickets has another shape")
        return found

    async def of_session(self, session: str) -> tuple[dict[str, Any], ...]:
        """The tickets that were filed in a session, newest first.

        :raises ServiceUnavailable: when it does not answer
        """
        found = (await self._request("GET", f"/sessions/{quote(session, safe='')}/tickets")).get("tickets")
        if not isinstance(found, list):
            raise ServiceUnavailable("the service's list of tickets has another shape")
        return tuple(found)

    async def drop_contact(self, number: str, code: str, session: str) -> bool:
        """Delete the phone number of a ticket; whether there was one.

        :raises TicketUnknown: when neither the code nor the session opens it
        :raises TicketRefused: after too many wrong codes
        :raises ServiceUnavailable: when it does not answer
        """
        proof = {"code": code, "session": session}
        path = f"/tickets/{quote(number, safe='')}/drop-contact"
        return bool((await self._request("POST", path, json=proof)).get("dropped"))

    async def rate_answer(self, opinion: Mapping[str, Any]) -> bool:
        """Keep an opinion on an answer; gives the one on record, which is the first.

        :raises TicketRefused: when the service says why not
        :raises ServiceUnavailable: when it does not answer
        """
        return bool((await self._request("POST", "/feedback", json=dict(opinion))).get("useful"))

    async def news(self, session: str, seen: Sequence[int]) -> tuple[dict[str, Any], ...]:
        """Unread messages of a web session, oldest first; those in ``seen`` count as read.

        :raises ServiceUnavailable: when it does not answer
        """
        path = f"/sessions/{quote(session, safe='')}/news"
        found = (
            await self._request("GET", path, params={"channel": "web", "seen": ",".join(map(str, seen))})
        ).get("news")
        if not isinstance(found, list):
            raise ServiceUnavailable("the service's news have another shape")
        return tuple(found)

    async def follow(self, session: str, topic: str, area: str, language: str) -> dict[str, Any]:
        """Follow a topic in an area; following it again changes nothing.

        :raises TicketRefused: when the service says why not
        :raises ServiceUnavailable: when it does not answer
        """
        wish = {"topic": topic, "area": area, "language": language, "channel": "web"}
        return await self._request("POST", f"/sessions/{quote(session, safe='')}/subscriptions", json=wish)

    async def stop(self, token: str) -> None:
        """Stop following; an unknown token is no error.

        :raises ServiceUnavailable: when it does not answer
        """
        await self._request("POST", "/subscriptions/stop", json={"token": token})

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _request(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._http.request(method, path, **what)
            data = response.json()
        except (TimeoutError, httpx2.HTTPError, ValueError) as error:
            raise ServiceUnavailable(f"the service is not reachable: {type(error).__name__}") from None
        if not isinstance(data, dict):
            raise ServiceUnavailable("the service answered something that is not an object")
        if response.status_code in (200, 201):
            return data
        if response.status_code == 404:
            raise TicketUnknown
        if response.status_code in (422, 429):
            raise TicketRefused(str(data.get("error", {}).get("message", "")))
        raise ServiceUnavailable(f"the service answered with status {response.status_code}")
