"""Where the platform waits for a reply within its own call, and the worker hands it one if it is ready in time."""

from __future__ import annotations

import asyncio

_SHOWN_SECONDS = 3.0


class Waiter:
    """One call of the platform that waits."""

    def __init__(self) -> None:
        self._text: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._shown: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def text(self, seconds: float) -> str:
        """What to reply; empty when there is nothing in time, or nothing for this call."""
        await asyncio.wait({self._text}, timeout=seconds)
        # Without a pause between looking and closing: what is handed over a moment later goes the other way.
        if not self._text.done():
            self.give("")
        return self._text.result()

    def give(self, text: str) -> bool:
        """End the wait; whether the call was still waiting."""
        if self._text.done():
            return False
        self._text.set_result(text)
        return True

    def shown(self, arrived: bool = True) -> None:
        """The reply has gone out in this call, or the platform had hung up."""
        if not self._shown.done():
            self._shown.set_result(arrived)

    async def arrived(self) -> bool:
        """Whether it has gone out."""
        await asyncio.wait({self._shown}, timeout=_SHOWN_SECONDS)
        self.shown(False)
        return self._shown.result()


class Counter:
    """The calls that wait, by the id of their message; of two with one id the later one gets the reply."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiter] = {}

    def wait(self, id_: str) -> Waiter:
        """A call begins to wait."""
        if (earlier := self._waiting.get(id_)) is not None:
            earlier.give("")
        self._waiting[id_] = waiter = Waiter()
        return waiter

    def leave(self, id_: str, waiter: Waiter) -> None:
        """It waits no more."""
        if self._waiting.get(id_) is waiter:
            del self._waiting[id_]

    async def hand(self, id_: str, text: str) -> bool:
        """Reply within the call; False when none waits any more, or it broke off."""
        waiter = self._waiting.pop(id_, None)
        return waiter is not None and waiter.give(text) and await waiter.arrived()

    def dismiss(self, id_: str) -> None:
        """There is nothing more for a call with this id."""
        if (waiter := self._waiting.pop(id_, None)) is not None:
            waiter.give("")
