"""Defects: the caller hears that something failed, the log says where, and neither repeats what was asked.

An exception's message often quotes its input, so it stays out of the log; its type and the lines it passed
through are enough to find it.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)
_FRAMES = 8


def place(error: BaseException) -> str:
    """``"ValueError ← pipeline.py:41 answer ← routes.py:73 answer …"``, innermost first.

    >>> try: int("秘密")
    ... except ValueError as error: "秘密" in place(error)
    False
    """
    frames = traceback.extract_tb(error.__traceback__)[: -_FRAMES - 1 : -1]
    steps = (f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return " ← ".join((type(error).__name__, *steps))


class CatchFailures:
    """ASGI middleware around everything else.

    :param render: makes the answer to a request that failed.
    """

    def __init__(self, app: ASGIApp, render: Callable[[], Response]) -> None:
        self._app = app
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - the outermost place: whatever it is, it must be answered
            log.error("%s %s failed: %s", scope["method"], scope["path"], place(error))
            if not started:
                await self._render()(scope, receive, send)
