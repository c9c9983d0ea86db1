"""The gateway's own sentences as error bodies of the routes that are not the chat."""

from __future__ import annotations

import math

from fastapi.responses import JSONResponse

from bot.gateway.wording import say


def refused(key: str, status: int, **values: object) -> JSONResponse:
    """``{"error": {"code", "message"}}`` with a sentence of wording.yml."""
    return JSONResponse({"error": {"code": key, "message": say(key, **values)}}, status)


def later(seconds: float, status: int = 429) -> JSONResponse:
    """Try again: too many calls (429), or a process behind is away (503).

    :param seconds: told in ``Retry-After``, rounded up
    """
    response = refused("rate_limited" if status == 429 else "apology", status, seconds=math.ceil(seconds))
    response.headers["Retry-After"] = str(math.ceil(seconds))
    return response
