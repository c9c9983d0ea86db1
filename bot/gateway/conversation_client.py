"""Talks to the service about conversations: who has the word, and what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from bot.gateway.errors import LedgerUnwritable, ServiceGone, ServiceUnavailable
from bot.gateway.sessions import Session
from bot.gateway.wire import Calls, Servers

_CONNECT_SECONDS = 1.0
# Before composing: a frozen service must leave time for the apology, see ``chat._PATIENCE_SECONDS``.
_OPEN_SECONDS = 1.0
_COMMIT_SECONDS = 3.0  # the service answers within it, or the resident sends again
_FORGET_SECONDS = 30.0


@dataclass(frozen=True)
class Words:
    """What a resident said, as the ledger knows it."""

    session: Session
    text: str
    key: str

    def json(self) -> dict[str, str]:
        """For the service."""
        return {
            "session": self.session.name,
            "channel": self.session.channel,
            "text": self.text,
            "key": self.key,
        }


class ConversationClient:
    """One connection pool. Every method raises ServiceUnavailable when nothing usable comes back; a 404 means that
    the service has no desk, and gives None.
    """

    def __init__(self, servers: Servers, token: str) -> None:
        self._http = Calls(
            servers,
            {"Authorization": f"Bearer {token}"},
            timeout=httpx2.Timeout(_FORGET_SECONDS, connect=_CONNECT_SECONDS),
        )

    async def open(self, words: Words) -> dict[str, Any] | None:
        """``{"number", "held", "danger", "desk"}``."""
        return await self._send("POST", _path(words.session, "turns"), _OPEN_SECONDS, words.json())

    async def commit(
        self, words: Words, replies: Sequence[Mapping[str, Any]], handoff: bool
    ) -> dict[str, Any] | None:
        """``{"sent", "notice", "desk"}``."""
        body = {**words.json(), "replies": list(replies), "handoff": handoff}
        return await self._send("POST", _path(words.session, "replies"), _COMMIT_SECONDS, body)

    async def standing(self, session: Session) -> Mapping[str, Any] | None:
        """What the resident is told of the desk; None while the bot answers."""
        found = await self._send("GET", _path(session, "desk"), _OPEN_SECONDS)
        return found.get("desk") if found else None

    async def end(self, session: Session) -> None:
        """This conversation is over."""
        await self._send("POST", _path(session, "end"), _OPEN_SECONDS, {})

    async def forget(self, session: Session) -> tuple[str, ...]:
        """Erase all that was said in the session; returns the names of its conversations."""
        path = f"/sessions/{quote(session.name, safe='')}/forget"
        found = await self._send("POST", path, _FORGET_SECONDS, {"conversation": session.conversation})
        return tuple(str(name) for name in (found or {}).get("conversations", (session.conversation,)))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _send(
        self, method: str, path: str, seconds: float, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(seconds):
                response = await self._http.request(method, path, json=body)
            data = response.json()
        except httpx2.ConnectError:
            raise ServiceGone("the desk is not there") from None
        except (TimeoutError, httpx2.HTTPError, ValueError) as error:
            raise ServiceUnavailable(f"the desk is not reachable: {type(error).__name__}") from None
        if response.status_code == 404:
            return None
        if response.status_code == 503 and _code(data) == "ledger_down":
            raise LedgerUnwritable("the desk can write nothing down")
        if response.status_code != 200 or not isinstance(data, dict):
            raise ServiceUnavailable(f"the desk answered with status {response.status_code}")
        return data


def _code(data: object) -> str:
    error = data.get("error") if isinstance(data, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _path(session: Session, what: str) -> str:
    return f"/conversations/{quote(session.conversation, safe='')}/{what}"
