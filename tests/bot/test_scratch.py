"""One suite for both short memories, and what happens when Redis goes away."""

import asyncio
import os
import signal

import pytest
from redis.exceptions import RedisError

from bot.gateway.scratch import MAX_KEYS, MAX_TURNS, MemoryScratch, Window
from bot.gateway.scratch_redis import FallbackScratch, RedisScratch


@pytest.fixture(params=["memory", "redis"])
async def scratch(request):
    if request.param == "memory":
        yield MemoryScratch(60)
        return
    shared = RedisScratch(request.getfixturevalue("redis_url"), 60)
    yield shared
    await shared.close()


async def test_exactly_the_limit_is_admitted_in_any_window(scratch):
    window = (Window("a", 15, 60),)
    waits = [await scratch.admit(window) for _ in range(200)]
    assert waits.count(0) == 15
    assert all(0 < wait <= 60 for wait in waits[15:])


async def test_the_wait_is_honest(scratch):
    window = (Window("short", 2, 1),)
    assert [await scratch.admit(window) for _ in range(2)] == [0, 0]
    wait = await scratch.admit(window)
    assert 0.5 < wait <= 1
    await asyncio.sleep(wait + 0.02)
    assert await scratch.admit(window) == 0


async def test_a_refused_event_is_counted_nowhere(scratch):
    both = (Window("session", 1, 60), Window("address", 3, 60))
    assert await scratch.admit(both) == 0
    for _ in range(5):
        assert await scratch.admit(both) > 0
    alone = (Window("address", 3, 60),)
    assert [await scratch.admit(alone) > 0 for _ in range(3)] == [False, False, True]


async def test_concurrent_events_are_each_counted(scratch):
    waits = await asyncio.gather(*(scratch.admit((Window("storm", 10, 60),)) for _ in range(60)))
    assert waits.count(0) == 10


async def test_the_last_turns_are_kept_in_order_and_forgotten_on_request(scratch):
    for number in range(MAX_TURNS + 3):
        await scratch.remember("c", f"第{number}问")
    await scratch.remember("other", "别的")
    assert await scratch.recall("c") == tuple(f"第{number}问" for number in range(3, MAX_TURNS + 3))
    await scratch.forget("c")
    assert await scratch.recall("c") == ()
    assert await scratch.recall("other") == ("别的",)


async def test_a_kept_text_is_found_under_its_key_alone(scratch):
    await scratch.keep("a:1", "回复", 60)
    assert await scratch.kept("a:1") == "回复"
    assert await scratch.kept("a:2") is None
    await scratch.keep("a:1", "新回复", 60)
    assert await scratch.kept("a:1") == "新回复"


async def test_a_kept_text_ends_with_its_time(scratch):
    await scratch.keep("b:1", "回复", 1)
    await asyncio.sleep(1.1)
    assert await scratch.kept("b:1") is None


async def test_turns_end_with_their_time(redis_url):
    now = [0.0]
    memory = MemoryScratch(10, clock=lambda: now[0])
    await memory.remember("c", "问")
    now[0] = 11
    assert await memory.recall("c") == ()
    shared = RedisScratch(redis_url, 1)
    await shared.remember("c", "问")
    await asyncio.sleep(1.1)
    assert await shared.recall("c") == ()
    await shared.close()


async def test_memory_is_bounded():
    memory = MemoryScratch(60)
    for number in range(MAX_KEYS + 50):
        await memory.admit((Window(str(number), 1, 60),))
        await memory.remember(str(number), "问")
    assert len(memory._events) == MAX_KEYS
    assert len(memory._turns) == MAX_KEYS


async def test_limits_hold_in_process_while_redis_is_away():
    away = RedisScratch("redis://127.0.0.1:9/0", 60)
    with pytest.raises(RedisError):
        await away.ping()
    scratch = FallbackScratch(away, MemoryScratch(60))
    assert not await scratch.shared_answers()
    waits = [await scratch.admit((Window("a", 3, 60),)) for _ in range(5)]
    assert waits.count(0) == 3
    await scratch.remember("c", "问")
    assert await scratch.recall("c") == ("问",)
    await scratch.close()


async def test_a_frozen_redis_costs_half_a_second_once(valkey, redis_url):
    scratch = FallbackScratch(RedisScratch(redis_url, 60), MemoryScratch(60))
    assert await scratch.shared_answers()
    loop = asyncio.get_running_loop()
    os.kill(valkey._process.pid, signal.SIGSTOP)
    try:
        start = loop.time()
        for _ in range(20):
            assert await scratch.admit((Window("a", 30, 60),)) == 0
        assert 0.4 < loop.time() - start < 1.5
    finally:
        os.kill(valkey._process.pid, signal.SIGCONT)
    assert await scratch.shared_answers()
    await scratch.close()


async def test_what_was_kept_aside_is_put_back(redis_url):
    shared, own = RedisScratch(redis_url, 60), MemoryScratch(60)
    scratch = FallbackScratch(shared, own)
    await scratch.remember("aside", "先", 40)
    await own.remember("aside", "后", 40)  # as while Redis was away
    await own.keep("aside:1", "回复", 60)
    assert await scratch.recall("aside") == ("先", "后")
    assert await shared.recall("aside") == ("先", "后")
    assert await own.recall("aside") == ()
    assert await scratch.kept("aside:1") == "回复"
    await scratch.close()
