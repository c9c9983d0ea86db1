"""Whoever asked first is served first, and nobody's turn is lost."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

from actions.tickets.turns import Turns


def test_in_the_order_of_asking() -> None:
    turns = Turns()
    assert turns.take(1)
    served: list[int] = []

    def wait(i: int) -> None:
        assert turns.take(10)
        served.append(i)
        turns.leave()

    threads = []
    for i in range(6):
        threads.append(Thread(target=wait, args=(i,)))
        threads[-1].start()
        while len(turns._waiting) <= i:
            time.sleep(0.001)
    turns.leave()
    for thread in threads:
        thread.join()
    assert served == list(range(6))


def test_who_gives_up_leaves_the_queue() -> None:
    turns = Turns()
    assert turns.take(1)
    assert not turns.take(0.01)
    turns.leave()
    assert turns.take(0.01)
    turns.leave()


def test_never_two_at_once_and_none_forgotten() -> None:
    turns, inside, most, served = Turns(), 0, 0, 0

    def work(i: int) -> None:
        nonlocal inside, most, served
        for _ in range(50):
            if not turns.take(0.0005 if i % 2 else 10):
                continue
            inside += 1
            most = max(most, inside)
            served += 1
            inside -= 1
            turns.leave()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert most == 1
    assert served >= 200
    assert turns.take(0.1)
