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


async def _crowd(turnstile, clock, size, leaving):
    """Let ``size`` in at once and then out again, one every ``leaving`` seconds."""
    gates = [asyncio.Event() for _ in range(size)]

    async def message(number):
        async with turnstile.turn(str(number)):
            await gates[number].wait()

    tasks = [asyncio.create_task(message(number)) for number in range(size)]
    await asyncio.sleep(0)
    for gate, task in zip(gates, tasks, strict=True):
        clock[0] += leaving
        gate.set()
        await task


async def _room(turnstile):
    """How many come in before one is turned away."""
    gate, count = asyncio.Event(), 0
    tasks = []

    async def message(number):
        async with turnstile.turn(f"new{number}"):
            await gate.wait()

    while True:
        task = asyncio.create_task(message(count))
        await asyncio.sleep(0)
        if task.done():
            with pytest.raises(Full):
                await task
            break
        tasks.append(task)
        count += 1
    gate.set()
    await asyncio.gather(*tasks)
    return count


@pytest.mark.parametrize(("leaving", "expected"), [(0.02, (96, 96)), (0.1, (55, 65)), (5.0, (16, 16))])
async def test_the_room_is_what_can_be_answered_within_the_patience(leaving, expected):
    clock = [0.0]
    turnstile = Turnstile(room=96, line=2, patience=6.0, clock=lambda: clock[0])
    await _crowd(turnstile, clock, 60, leaving)
    await _crowd(turnstile, clock, 16, leaving)
    low, high = expected
    assert low <= await _room(turnstile) <= high


async def test_quiet_hours_say_nothing_about_how_fast_it_is():
    clock = [0.0]
    turnstile = Turnstile(room=96, line=2, clock=lambda: clock[0])
    for _ in range(50):
        await _crowd(turnstile, clock, 1, 60.0)
    assert await _room(turnstile) == 96


async def test_a_few_at_a_time_and_the_others_in_the_order_they_came():
    turnstile, begun = Turnstile(room=20, line=2, abreast=3), []
    gates = [asyncio.Event() for _ in range(6)]

    async def message(number):
        async with turnstile.turn(f"c{number}"):
            begun.append(number)
            await gates[number].wait()

    tasks = [asyncio.create_task(message(number)) for number in range(6)]
    await asyncio.sleep(0)
    assert begun == [0, 1, 2]
    gates[1].set()
    await asyncio.sleep(0.01)
    assert begun == [0, 1, 2, 3]
    for gate in gates:
        gate.set()
    await asyncio.gather(*tasks)
    assert begun == list(range(6))
    assert turnstile.inside == 0
