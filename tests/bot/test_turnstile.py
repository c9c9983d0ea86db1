"""Order within a conversation, and a bound on all of them."""

import asyncio

import pytest

from bot.gateway.turnstile import Full, Turnstile


async def test_one_conversation_goes_in_order_and_others_pass_by():
    turnstile = Turnstile(room=10, line=5)
    done = []

    async def message(conversation, name, seconds):
        async with turnstile.turn(conversation):
            await asyncio.sleep(seconds)
            done.append(name)

    await asyncio.gather(message("a", "a1", 0.1), message("a", "a2", 0), message("b", "b1", 0.02))
    assert done == ["b1", "a1", "a2"]
    assert turnstile.inside == 0
    assert turnstile._lines == {}


async def test_whoever_finds_no_room_hears_so_at_once():
    turnstile = Turnstile(room=3, line=2)
    gate = asyncio.Event()

    async def message(conversation):
        async with turnstile.turn(conversation):
            await gate.wait()

    inside = [asyncio.create_task(message(name)) for name in ("a", "a", "b")]
    await asyncio.sleep(0)
    for full in ("a", "c"):
        with pytest.raises(Full):
            await message(full)
    gate.set()
    await asyncio.gather(*inside)
    await message("c")


async def test_a_failure_or_a_cancelled_wait_leaves_no_one_inside():
    turnstile = Turnstile(room=3, line=2)
    with pytest.raises(ZeroDivisionError):
        async with turnstile.turn("a"):
            raise ZeroDivisionError
    async with turnstile.turn("a"):
        waiting = asyncio.create_task(turnstile.turn("a").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert turnstile.inside == 0
    assert turnstile._lines == {}
