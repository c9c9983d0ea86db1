"""Puts the message's id and its place in the trace on every request to another process."""

from __future__ import annotations

import httpx2

from actions.telemetry.tracing import onward


async def stamp(request: httpx2.Request) -> None:
    """A hook of ``httpx2.AsyncClient``."""
    request.headers.update(onward())
