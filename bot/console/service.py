"""Talks to the service on behalf of one operator.

mine = service.by(operator)
queue = await mine.get("/casework/queue", state="已派单")
await mine.post("/acts", {"kind": "export", "subject": "tickets", "details": {"rows": 20}})
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from actions.serving.operator import HEADER
from actions.telemetry.tracing import onward
from bot.console.errors import Refused
from bot.console.operator import Operator
from bot.gateway.errors import ServiceUnavailable
from bot.gateway.wire import Calls, Reply, Servers

_CONNECT_SECONDS = 2.0
_MARGIN_SECONDS = 1.0


class DeskService:
    """One connection pool to the service; ``by`` gives the same pool with an operator's name on every call.

    :param seconds: how long the service itself takes at most
    """

    def __init__(self, http: Calls, seconds: float, headers: Mapping[str, str] | None = None) -> None:
        self._http = http
        self._seconds = seconds
        self._headers = dict(headers or {})

    @classmethod
    def connect(cls, servers: Servers, token: str, seconds: float) -> DeskService:
        """A new pool."""
        whole = seconds + _MARGIN_SECONDS
        http = Calls(
            servers,
            {"Authorization": f"Bearer {token}"},
            timeout=httpx2.Timeout(whole, connect=_CONNECT_SECONDS),
            onward=onward,
        )
        return cls(http, whole)

    def by(self, operator: Operator) -> DeskService:
        """The same, in this operator's name."""
        return DeskService(self._http, self._seconds, {HEADER: str(operator.id)})

    async def get(self, path: str, **params: str | int | Sequence[str] | None) -> dict[str, Any]:
        """The JSON object behind ``path``; parameters that are None are left out.

        :raises Refused: when the service says why not
        :raises ServiceUnavailable: when it does not answer
        """
        given = {name: value for name, value in params.items() if value is not None}
        return _object(await self.send("GET", path, params=given))

    async def post(self, path: str, json: Mapping[str, Any]) -> dict[str, Any]:
        """Send an object; errors as for ``get``."""
        return _object(await self.send("POST", path, json=dict(json)))

    async def send(self, method: str, path: str, **what: Any) -> Reply:
        """Any other call (bytes, streams of a file): the answer as it came, 2xx only; errors as for ``get``."""
        headers = {**what.pop("headers", {}), **self._headers}
        try:
            async with asyncio.timeout(what.pop("seconds", self._seconds)):
                response = await self._http.request(method, path, headers=headers, **what)
        except (TimeoutError, httpx2.HTTPError) as error:
            raise ServiceUnavailable(f"the service is not reachable: {type(error).__name__}") from None
        if response.is_success:
            return response
        raise _refusal(response)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _refusal(response: Reply) -> Exception:
    status = response.status_code
    try:
        error = response.json()["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        return ServiceUnavailable(f"the service answered with status {status}")
    if status >= 500 or status == 401:  # its trouble, or a wrong token: nothing the operator could mend
        return ServiceUnavailable(f"the service answered with status {status}: {code}")
    return Refused(code, message, status)


def _object(response: Reply) -> dict[str, Any]:
    try:
        data = response.json()
    except ValueError:
        raise ServiceUnavailable("the service answered something that is not JSON") from None
    if not isinstance(data, dict):
        raise ServiceUnavailable("the service answered something that is not an object")
    return data
