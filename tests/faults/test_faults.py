"""The short form of ``make faults``, on the stack that all end-to-end tests share."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.faults.conditions import CONDITIONS
from tests.faults.killer import PROCESSES
from tests.faults.run import Size, run, wait_ready
from tests.product import Product
from tests.stack import Stack

ONCE = Size(tickets=16, kills=1, seed=81890)
TWICE = Size(tickets=8, kills=1, seed=81891, twice=True)
BAD_WEATHER = Size(tickets=12, kills=0, seed=81893, weather=("service frozen", "disk full", "memory full"))


@pytest.mark.slow
@pytest.mark.parametrize("size", [ONCE, TWICE], ids=["requests once", "every request twice"])
def test_nothing_lost_doubled_or_only_promised(
    running: Product, stack: Stack, size: Size, tmp_path: Path
) -> None:
    # The token keeps the limits for residents out of the way; they have tests of their own.
    result = run(running, size, {"Authorization": f"Bearer {stack.token}"}, tmp_path / "history.jsonl")
    print(result)
    assert result.findings == ()
    assert result.audit == ()
    assert result.entries == size.tickets
    assert set(result.kills.values()) == {size.kills}
    assert set(result.kills) == set(PROCESSES)


@pytest.mark.slow
def test_frozen_and_full_nothing_is_lost_doubled_or_only_promised(
    running: Product, stack: Stack, tmp_path: Path
) -> None:
    result = run(running, BAD_WEATHER, {"Authorization": f"Bearer {stack.token}"}, tmp_path / "history.jsonl")
    print(result)
    assert (result.findings, result.audit) == ((), ())
    assert result.entries == BAD_WEATHER.tickets
    assert tuple(result.kills) == BAD_WEATHER.weather


@pytest.mark.slow
@pytest.mark.parametrize("name", ["disk full", "memory full"])
def test_what_needs_no_writing_goes_on(stack: Stack, name: str) -> None:
    wait_ready(stack.address)
    headers = {"Authorization": f"Bearer {stack.token}"}
    with httpx2.Client(base_url=stack.address, headers=headers, timeout=40, trust_env=False) as page:
        with CONDITIONS[name](stack):
            spoken = page.post("/api/chat", json={"message": "海曙有多少家居家养老机构"}).text
            assert page.get("/healthz").status_code == 200
            assert page.get("/sources").status_code == 200
        assert "273" in spoken or "81890" in spoken
        wait_ready(stack.address)
        assert "273" in page.post("/api/chat", json={"message": "海曙有多少家居家养老机构"}).text
