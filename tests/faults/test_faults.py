"""The short form of ``make faults``, on the stack that all end-to-end tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.run import Size, run
from tests.stack import Stack

ONCE = Size(tickets=16, kills=1, seed=81890)
TWICE = Size(tickets=8, kills=1, seed=81891, twice=True)


@pytest.mark.slow
@pytest.mark.parametrize("size", [ONCE, TWICE], ids=["requests once", "every request twice"])
def test_nothing_lost_doubled_or_only_promised(stack: Stack, size: Size, tmp_path: Path) -> None:
    # The token keeps the limits for residents out of the way; they have tests of their own.
    result = run(stack, size, {"Authorization": f"Bearer {stack.token}"}, tmp_path / "history.jsonl")
    print(result)
    assert result.findings == ()
    assert result.audit == ()
    assert result.entries == size.tickets
    assert set(result.kills.values()) == {size.kills}
    assert len(result.kills) == 4
