"""Works that run beside each other for as long as the channel does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any

from actions.serving.failures import place

log = logging.getLogger(__name__)
_AGAIN_SECONDS = 0.5


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Until cancelled. One that ends or fails ends the others: they begin again together."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(tasks)
    for task in done:
        task.result()


async def end(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks until all have ended: a time limit of a library that runs out in the same moment can take a
    cancellation for its own, and a work that tries again after errors then goes on.
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=_AGAIN_SECONDS)


async def keep_running(run: Callable[[], Awaitable[None]], seconds: float) -> None:
    """``run``, begun again after a defect: the platform and the spool still have what was not finished.

    :param seconds: pause before each new beginning.
    """
    while True:
        try:
            await run()
        except Exception as error:  # noqa: BLE001 - whatever it was, residents go on writing
            log.error("the channel stopped and begins again: %s", place(error))
        await asyncio.sleep(seconds)
