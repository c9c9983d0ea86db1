"""Small matrix products stay on one thread."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from embeddings.threads import limit_matrix_threads


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    with threadpool_limits(user_api="blas"):
        yield


def threads() -> set[int]:
    """What every loaded BLAS may use."""
    return {int(pool["num_threads"]) for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_the_limit_holds_from_now_on() -> None:
    np.ones((2, 2)) @ np.ones(2)
    limit_matrix_threads(2)
    limit_matrix_threads(1)
    assert threads() == {1}
