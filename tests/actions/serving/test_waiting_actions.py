"""Rasa's actions are run without an event loop: one that awaits something is told apart, not left hanging."""

from __future__ import annotations

import asyncio

import pytest

from actions.serving.webhook import completed


async def at_once() -> str:
    return "done"


async def waits() -> str:
    await asyncio.sleep(0)
    return "never"


async def fails() -> str:
    raise KeyError("slot")


def test_a_coroutine_that_never_waits_gives_its_result() -> None:
    assert completed(at_once()) == "done"


def test_one_that_waits_is_named_as_the_mistake_it_is() -> None:
    with pytest.raises(RuntimeError, match="waited for something"):
        completed(waits())


def test_what_it_raises_comes_through() -> None:
    with pytest.raises(KeyError):
        completed(fails())
