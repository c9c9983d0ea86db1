"""Runs the rounds over the ledger inside the service, for as long as it is up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from actions.serving.failures import place
from actions.tickets.aftercare import Aftercare

log = logging.getLogger(__name__)


@asynccontextmanager
async def looked_after(care: Aftercare) -> AsyncIterator[None]:
    """Rounds in a thread beside what runs inside; a round that has begun is finished before this returns."""
    stop = asyncio.Event()
    task = asyncio.create_task(_rounds(care, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _rounds(care: Aftercare, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            swept = await asyncio.to_thread(care.round)
            if swept.fired or swept.moved:
                log.info("deadlines: %d steps fired, %d dates moved", len(swept.fired), len(swept.moved))
        except Exception as error:  # noqa: BLE001 - deadlines must go on after whatever went wrong in one round
            log.error("a round over the tickets failed: %s", place(error))
        try:
            await asyncio.wait_for(stop.wait(), care.rhythm.every_seconds)
        except TimeoutError:
            continue
