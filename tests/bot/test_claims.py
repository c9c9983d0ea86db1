"""Two gateways never work on one conversation at the same time."""

from __future__ import annotations

import asyncio

import pytest
import redis.asyncio

from bot.gateway import claims as module
from bot.gateway.claims import Claims
from bot.gateway.turnstile import Full


async def test_two_gateways_take_turns_in_one_conversation_and_not_in_two(redis_url):
    one, other = Claims(redis_url), Claims(redis_url)
    spans: list[tuple[float, float]] = []
    loop = asyncio.get_running_loop()

    async def work(claims: Claims, conversation: str) -> None:
        async with claims.turn(conversation):
            begin = loop.time()
            await asyncio.sleep(0.02)
            spans.append((begin, loop.time()))

    await asyncio.gather(*(work(claims, "a") for claims in (one, other) * 5))
    spans.sort()
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    async with one.turn("b"), other.turn("c"):
        pass
    await one.close()
    await other.close()


async def test_whoever_takes_long_keeps_the_turn_and_the_other_hears_that_it_is_full(redis_url, monkeypatch):
    monkeypatch.setattr(module, "_HELD_MS", 300)
    monkeypatch.setattr(module, "_AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(module, "_WAIT_SECONDS", 0.8)
    one, other = Claims(redis_url), Claims(redis_url)
    async with one.turn("long"):
        with pytest.raises(Full):
            async with other.turn("long"):
                raise AssertionError("both are inside")
    async with other.turn("long"):
        pass
    await one.close()
    await other.close()


async def test_a_gateway_that_was_killed_holds_nobody_up_for_long(redis_url):
    other = Claims(redis_url)
    async with redis.asyncio.Redis.from_url(redis_url) as raw:
        await raw.set("gateway:at:dead", "token of nobody", px=400)
        async with asyncio.timeout(3):
            async with other.turn("dead"):
                assert await raw.get("gateway:at:dead") != b"token of nobody"
        assert await raw.get("gateway:at:dead") is None
    await other.close()


async def test_without_redis_every_claim_is_granted():
    claims = Claims("redis://127.0.0.1:1/0")
    async with claims.turn("a"), claims.turn("a"):
        pass
    await claims.close()
