"""One suite for both short memories, and what happens when Redis goes away."""

import asyncio
import os
import signal

import pytest
from redis.exceptions import RedisError

from bot.gateway.scratch import MAX_KEYS, MAX_TURNS, MemoryScratch, Notes, Window
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


async def test_all_notes_of_a_message_are_written(scratch):
    notes = (
        Notes()
        .remember("c", "问")
        .remember("shown:c", "一轮", 40)
        .keep("c:1", "回复", 60)
        .keep("c:desk", "bot", 60)
    )
    await scratch.write(notes)
    await scratch.write(Notes().remember("c", "再问"))
    assert [await scratch.recall(name) for name in ("c", "shown:c")] == [("问", "再问"), ("一轮",)]
    assert [await scratch.kept(key) for key in ("c:1", "c:desk")] == ["回复", "bot"]
    await scratch.write(Notes())


async def test_the_last_turns_are_kept_in_order_and_forgotten_on_request(scratch):
    for number in range(MAX_TURNS + 3):
        await scratch.write(Notes().remember("c", f"第{number}问"))
    await scratch.write(Notes().remember("other", "别的"))
    assert await scratch.recall("c") == tuple(f"第{number}问" for number in range(3, MAX_TURNS + 3))
    await scratch.forget("c")
    assert await scratch.recall("c") == ()
    assert await scratch.recall("other") == ("别的",)


async def test_a_kept_text_is_found_under_its_key_alone(scratch):
    await scratch.write(Notes().keep("a:1", "回复", 60))
    assert await scratch.kept("a:1") == "回复"
    assert await scratch.kept("a:2") is None
    await scratch.write(Notes().keep("a:1", "新回复", 60))
    assert await scratch.kept("a:1") == "新回复"


async def test_a_kept_text_ends_with_its_time(scratch):
    await scratch.write(Notes().keep("b:1", "回复", 1))
    await asyncio.sleep(1.1)
    assert await scratch.kept("b:1") is None


async def test_turns_end_with_their_time(redis_url):
    now = [0.0]
    memory = MemoryScratch(10, clock=lambda: now[0])
    await memory.write(Notes().remember("c", "问"))
    now[0] = 11
    assert await memory.recall("c") == ()
    shared = RedisScratch(redis_url, 1)
    await shared.write(Notes().remember("c", "问"))
    await asyncio.sleep(1.1)
    assert await shared.recall("c") == ()
    await shared.close()


async def test_memory_is_bounded():
    memory = MemoryScratch(60)
    for number in range(MAX_KEYS + 50):
        await memory.admit((Window(str(number), 1, 60),))
        await memory.write(Notes().remember(str(number), "问"))
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
    await scratch.write(Notes().remember("c", "问"))
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
    await scratch.write(Notes().remember("aside", "先", 40))
    await own.write(Notes().remember("aside", "后", 40))  # as while Redis was away
    await own.write(Notes().keep("aside:1", "回复", 60))
    assert await scratch.recall("aside") == ("先", "后")
    assert await shared.recall("aside") == ("先", "后")
    assert await own.recall("aside") == ()
    assert await scratch.kept("aside:1") == "回复"
    await scratch.close()
