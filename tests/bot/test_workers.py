"""The bounded queue in front of the threads."""

import asyncio
import threading

import pytest

from actions.serving.errors import Overloaded
from actions.serving.workers import Workers


async def test_a_full_queue_says_no_at_once_and_opens_again():
    workers = Workers(threads=1, queue=1, seconds=5)
    gate = threading.Event()
    held = [asyncio.create_task(workers.run(gate.wait)) for _ in range(2)]
    await asyncio.sleep(0.05)
    with pytest.raises(Overloaded):
        await workers.run(lambda: None)
    gate.set()
    assert await asyncio.gather(*held) == [True, True]
    assert await workers.run(lambda: "again") == "again"
    workers.close()


async def test_an_error_of_the_work_reaches_the_caller_and_frees_its_place():
    workers = Workers(threads=1, queue=0, seconds=5)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await workers.run(lambda: 1 // 0)
    assert workers.busy == 0
    workers.close()
