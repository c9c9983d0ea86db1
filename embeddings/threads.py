"""How many threads numpy's matrix products may use."""

from __future__ import annotations

from threadpoolctl import threadpool_limits


def limit_matrix_threads(threads: int) -> None:
    """Let BLAS use ``threads`` threads from now on, in the whole process.

    Products as small as ours take a fraction of a millisecond. Spread over the cores of a busy machine each waits
    for the scheduler instead: measured, one thread took 0.3 ms where two took 8 to 50.
    """
    threadpool_limits(limits=threads, user_api="blas")
