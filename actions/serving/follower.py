"""Keeps a process at the generation that the pointer on the disk names, whoever moved it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from actions.governance.builder import FILE
from actions.governance.current import Current
from actions.serving.failures import place

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rhythm:
    """``every_seconds``: from one look at the pointer to the next."""

    every_seconds: float

    @classmethod
    def load(cls, path: Path = FILE) -> Rhythm:
        """``follow`` in ``publishing.yml``."""
        return cls(float(yaml.safe_load(path.read_text(encoding="utf-8"))["follow"]["every_seconds"]))


@asynccontextmanager
async def followed(current: Current, rhythm: Rhythm) -> AsyncIterator[None]:
    """Looks in a thread beside what runs inside; a look that has begun is finished before this returns."""
    stop = asyncio.Event()
    task = asyncio.create_task(_looks(current, rhythm, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _looks(current: Current, rhythm: Rhythm, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await asyncio.to_thread(current.follow)
        except Exception as error:  # noqa: BLE001 - the old generation must go on, whatever the new one is like
            log.error("following the index failed: %s", place(error))
        try:
            await asyncio.wait_for(stop.wait(), rhythm.every_seconds)
        except TimeoutError:
            continue
