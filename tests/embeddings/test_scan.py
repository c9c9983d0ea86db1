"""Cosines in eight bits, against the exact ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.batched import unit_rows
from embeddings.scan import Scan

CLOSE = 0.012


@given(st.integers(1, 40), st.integers(48, 400), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_they_are_near_the_exact_ones(count: int, dims: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, vector = (unit_rows(random.normal(size=shape)) for shape in ((count, dims), (dims,)))
    found = Scan(rows).cosines(vector)
    assert (found.shape, found.dtype) == ((count,), np.float32)
    np.testing.assert_allclose(found, rows @ vector, atol=CLOSE)


def test_where_every_product_is_as_large_as_can_be() -> None:
    """On a processor that adds pairs of products in sixteen bits these would be cut off."""
    same = unit_rows(np.ones((3, 384)))
    np.testing.assert_allclose(
        Scan(np.vstack([same, -same])).cosines(same[0]), [1, 1, 1, -1, -1, -1], atol=CLOSE
    )


def test_the_order_of_many_is_that_of_the_exact_ones() -> None:
    random = np.random.default_rng(7)
    rows = unit_rows(random.normal(size=(2000, 192)) + random.normal(size=192))
    vector = unit_rows(rows[5] + 0.3 * rows[9])
    exact, found = rows @ vector, Scan(rows).cosines(vector)
    assert set(np.argsort(-exact)[:20]) <= set(np.argsort(-found)[:24])


def test_a_vector_of_zeros_and_no_rows_are_no_error() -> None:
    assert Scan(np.zeros((2, 8), dtype=np.float32)).cosines(np.ones(8, dtype=np.float32)).tolist() == [0, 0]
    assert Scan(np.ones((1, 8), dtype=np.float32)).cosines(np.zeros(8, dtype=np.float32)).tolist() == [0]
    assert Scan(np.zeros((0, 8), dtype=np.float32)).cosines(np.ones(8, dtype=np.float32)).shape == (0,)
