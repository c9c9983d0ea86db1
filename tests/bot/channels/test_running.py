"""Works beside each other: one that fails ends all, and a cancellation that got lost is repeated."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.running import end, together


async def test_one_that_fails_ends_the_others() -> None:
    ended: list[str] = []

    async def fails() -> None:
        raise ValueError("one")

    async def lasts() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("other")

    with pytest.raises(ValueError, match="one"):
        await together(lasts(), fails())
    assert ended == ["other"]


async def test_a_work_that_takes_a_cancellation_for_something_else_is_cancelled_again() -> None:
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost += 1
                if lost > 1:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(end([task]), 10)
    assert (lost, task.done()) == (2, True)
