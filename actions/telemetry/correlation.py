"""The id that one message has in every process: ``X-Request-Id``, in logs and in the reply.

    with carrying("telegram-71"):
        log.info("…")            # the line says request=telegram-71

The gateway makes one or takes the caller's; Rasa carries it in the message's metadata to the action webhook.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actions.privacy import mask

HEADER = "X-Request-Id"
KEY = "request"  # in the metadata of a message to Rasa
NONE = "-"
_ID = re.compile(r"[A-Za-z0-9_-]{4,80}")
_DIGIT = re.compile(r"[0-9]")
# The shortest number that is taken out has eight; whoever has fewer is spared looking, which costs time at
# each process on the way.
HARMLESS_DIGITS = 7
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_current: ContextVar[str] = ContextVar("request_id", default=NONE)


def current_id() -> str:
    """The id of what is being worked on, or ``-``."""
    return _current.get()


def accepted(given: object) -> str:
    """The id if it is one that may stand in a log line, else a new one."""
    if isinstance(given, str) and _ID.fullmatch(given) and (_harmless(given) or mask(given) == given):
        return given
    # Without a digit: the next process takes it over without looking.
    return secrets.token_hex(8).translate(_LETTERS)


def _harmless(name: str) -> bool:
    return len(_DIGIT.findall(name)) <= HARMLESS_DIGITS


@contextmanager
def carrying(given: object) -> Iterator[str]:
    """Work under this id, or under a new one."""
    token = _current.set(accepted(given))
    try:
        yield _current.get()
    finally:
        _current.reset(token)


def onward() -> Mapping[str, str]:
    """Headers that hand the id to the next process."""
    return {} if current_id() == NONE else {HEADER: current_id()}


class Correlate:
    """ASGI middleware: takes the caller's id or makes one, and says it in the reply."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with carrying(Headers(scope=scope).get(HEADER)) as given:

            async def with_id(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message).setdefault(HEADER, given)
                await send(message)

            await self._app(scope, receive, with_id)


class AddRequest(logging.Filter):
    """Gives every record the id as ``request``."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request = current_id()
        return True
