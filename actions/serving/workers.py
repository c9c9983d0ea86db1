"""Threads for work that holds the processor, behind a queue that says no instead of growing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from actions.serving.errors import Overloaded

T = TypeVar("T")


class Workers:
    """Runs functions in threads so that the event loop stays free.

    :param threads: how many run at once.
    :param queue: how many may wait; one more is refused at once.
    :param seconds: how long a caller waits; the work itself runs on to its end and keeps its place.
    """

    def __init__(self, threads: int, queue: int, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._room = threads + queue
        self._seconds = seconds
        self._busy = 0

    @property
    def busy(self) -> int:
        """Calls running or waiting."""
        return self._busy

    async def run(self, work: Callable[[], T]) -> T:
        """The result of ``work()``.

        :raises Overloaded: when the queue is full or the time is up.
        """
        if self._busy >= self._room:
            raise Overloaded(f"正在处理的请求已满（{self._room} 个），请稍后重试")
        self._busy += 1
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        working = self._pool.submit(copy_context().run, work)  # the message's id and trace go along
        working.add_done_callback(lambda done: self._hand_over(loop, done, result))
        try:
            async with asyncio.timeout(self._seconds):
                return await result
        except TimeoutError:
            raise Overloaded(f"处理超过 {self._seconds:g} 秒，请稍后重试") from None

    def _hand_over(self, loop: asyncio.AbstractEventLoop, done: Future[T], result: asyncio.Future[T]) -> None:
        """In the thread. The loop is woken once for each call."""
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._finish, done, result)

    def _finish(self, done: Future[T], result: asyncio.Future[T]) -> None:
        self._busy -= 1
        if result.done():  # nobody waits any more
            return
        if done.cancelled():
            result.cancel()
        elif error := done.exception():
            result.set_exception(error)
        else:
            result.set_result(done.result())

    def close(self) -> None:
        """Drop what waits and let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
