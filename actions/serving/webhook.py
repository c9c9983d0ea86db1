"""Rasa's action webhook, answered inside this process so that the model is loaded only once."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import (
    ActionExecutionRejection,
    ActionMissingDomainException,
    ActionNotFoundException,
)

from actions.serving.errors import BodyInvalid
from actions.serving.workers import Workers

T = TypeVar("T")
_STATUS = {
    ActionExecutionRejection: 400,  # Rasa reads this one: a form lets go of the message
    ActionNotFoundException: 404,
    ActionMissingDomainException: 449,
}


def completed(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits.

    The library's actions are coroutines, ours hold the processor and wait for nobody; an event loop opened and closed
    around each costs as much as many an action.

    :raises RuntimeError: when it does wait
    """
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("an action waited for something: actions run in threads and may block, but not await")


class Webhook:
    """Runs Rasa's custom actions in worker threads.

    :param actions: instances; their names must be those in ``domain.yml``.
    """

    def __init__(self, actions: Iterable[Action], workers: Workers) -> None:
        self._executor = ActionExecutor()
        self._workers = workers
        for action in actions:
            self._executor.register_action(action)

    @property
    def names(self) -> list[str]:
        """The registered action names."""
        return [action.name for action in self._executor.list_actions()]

    def known(self, name: str) -> str:
        """The name if there is such an action: what callers make up stays out of the log."""
        return name if name in self._executor.actions else "unknown"

    async def call(self, action_call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """HTTP status and body, as Rasa 3.6 expects them.

        :raises BodyInvalid: when the call names no action or carries no tracker.
        :raises Overloaded: when no worker is free in time.
        """
        tracker = action_call.get("tracker")
        if not isinstance(action_call.get("next_action"), str) or not isinstance(tracker, dict):
            raise BodyInvalid("动作调用缺少 next_action 或 tracker")
        if not isinstance(tracker.get("sender_id"), str):
            raise BodyInvalid("动作调用的 tracker 缺少 sender_id")
        # Rasa leaves the domain out (endpoints.yml): no action of ours reads it, and the library asks for one.
        action_call.setdefault("domain", {})
        try:
            result = await self._workers.run(lambda: completed(self._executor.run(action_call)))
        except tuple(_STATUS) as error:
            body = {"error": error.message, "action_name": error.action_name}
            return _STATUS[type(error)], body
        return 200, result.model_dump() if result else {"events": [], "responses": []}
