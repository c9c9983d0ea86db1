"""The short form of ``make canaries``, on the product that all end-to-end tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.canaries.run import run
from tests.product import Product
from tests.stack import Stack

COUNT, SEED = 45, 81892


@pytest.mark.slow
def test_nothing_personal_is_left_anywhere(running: Product, stack: Stack, tmp_path: Path) -> None:
    result = run(running, COUNT, SEED, tmp_path)
    print(result)
    assert {leak.where for leak in result.leaks} == set()
    assert result.sent.total() == COUNT
    assert result.looked > COUNT
