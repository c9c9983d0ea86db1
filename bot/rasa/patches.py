"""What stock Rasa 3.6 does badly when something behind it fails, put right in one place.

* Half of its time per message went into checking its own JSON schema again, and more into what stands in
  :mod:`bot.rasa.shortcuts`, ``trackers`` and ``slimming``.
* It waits five minutes for a slow action: now as long as the settings say.
* It answers ``200 []`` when an action fails: now an apology, and nothing that claims success.
* A form hears every message first, through the service: an emergency now passes it by, service or no service.
* It speaks of what it could not write down, and takes a conversation that it cannot read for a new one: now the reply
  says that it failed, and the page sends the message again.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
import redis
from jsonschema import ValidationError
from rasa.core.actions import action as rasa_actions
from rasa.core.actions.forms import FormAction
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.constants import (
    ACTION_DEFAULT_FALLBACK_NAME,
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
)
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUtteranceReverted
from rasa.shared.exceptions import RasaException

from bot.rasa.shortcuts import (
    call_components_in_order,
    checker,
    compare_rules_once,
    copy_nothing_for_the_log,
    know_the_domain,
    remember_event_classes,
)
from bot.rasa.slimming import name_no_model, tell_actions_what_they_read
from bot.rasa.trackers import (
    copy_conversations_plainly,
    copy_slots_plainly,
    go_on_in_a_copy,
    look_back_as_far_as_rules_go,
    see_when_nothing_was_undone,
)

log = logging.getLogger(__name__)

APOLOGY = "utter_action_failed"
EMERGENCY = "emergency"
# What a call to the answering service can fail with: refused, broken off, too late, an unusable reply.
FAILURES = (RasaException, aiohttp.ClientError, asyncio.TimeoutError, ValidationError, ValueError, TypeError)
FAILURES += (AttributeError, KeyError)  # a reply that is JSON but not an object


def apply(seconds: float) -> None:
    """Patch Rasa in this process; call it once, before a model is loaded.

    :param seconds: what one custom action may take.
    """
    check = checker(rasa_actions.RemoteAction.action_response_format_spec())
    original = rasa_actions.RemoteAction.run

    def validate(self: Any, result: Any) -> bool:
        check(result)
        return True

    async def run(self: Any, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> list[Event]:
        try:
            return await asyncio.wait_for(original(self, output_channel, nlg, tracker, domain), seconds)
        except rasa_actions.ActionExecutionRejection:
            raise  # a form letting go of a message, not a failure
        except FAILURES as error:
            log.error("action %s failed: %s", self.name(), type(error).__name__)
            return await after_failure(self.name(), output_channel, nlg, tracker)

    rasa_actions.RemoteAction._validate_action_result = validate
    rasa_actions.RemoteAction.run = run
    _let_emergencies_pass()
    _fail_with_the_store()
    remember_event_classes()
    call_components_in_order()
    compare_rules_once()
    know_the_domain()
    copy_slots_plainly()
    copy_conversations_plainly()
    go_on_in_a_copy()
    see_when_nothing_was_undone()
    look_back_as_far_as_rules_go()
    copy_nothing_for_the_log()
    tell_actions_what_they_read()
    name_no_model()


def _let_emergencies_pass() -> None:
    fill = FormAction.do

    async def do(
        self: Any, output_channel: Any, nlg: Any, tracker: Any, domain: Any, so_far: list[Event]
    ) -> list[Event]:
        if tracker.active_loop_name and tracker.latest_message.intent.get("name") == EMERGENCY:
            raise rasa_actions.ActionExecutionRejection(self.name(), "an emergency is no answer to a form")
        return list(await fill(self, output_channel, nlg, tracker, domain, so_far))

    FormAction.do = do


def _fail_with_the_store() -> None:
    handle = Agent.handle_message

    async def save(self: Any, tracker: Any) -> None:
        await self._tracker_store.save(tracker)

    async def retrieve(self: Any, sender_id: str) -> Any:
        return await self._tracker_store.retrieve(sender_id)

    async def handle_message(self: Any, message: Any) -> Any:
        try:
            return await handle(self, message)
        except redis.RedisError as error:
            log.error("a conversation could not be read or kept: %s", type(error).__name__)
            await message.output_channel.send_custom_json(message.sender_id, {"failed": True})
            return None

    FailSafeTrackerStore.save = save
    FailSafeTrackerStore.retrieve = retrieve
    Agent.handle_message = handle_message


async def after_failure(name: str, output_channel: Any, nlg: Any, tracker: Any) -> list[Event]:
    """The events in place of those that a failed action would have given."""
    if name == ACTION_SESSION_START_NAME:
        # Runs before the message's own action, which will apologise if need be.
        return [SessionStarted(), ActionExecuted(ACTION_LISTEN_NAME)]
    apology = await nlg.generate(APOLOGY, tracker, output_channel.name())
    events: list[Event] = [rasa_actions.create_bot_utterance(apology)]
    if name == ACTION_DEFAULT_FALLBACK_NAME:
        events.append(UserUtteranceReverted())  # else Rasa predicts it again, ten times
    if name.startswith("validate_"):
        events += _asked_again(tracker)
    return events


def _asked_again(tracker: Any) -> list[Event]:
    """Keeps the form where it was. One that was only being opened ends: it knows nothing yet."""
    asked = tracker.get_slot(REQUESTED_SLOT)
    if asked is None:
        return [SlotSet(REQUESTED_SLOT, None)]
    # A form that sees no slot set would let go of the message, and the pipeline would take it for a question.
    return [SlotSet(asked, tracker.get_slot(asked)), SlotSet(REQUESTED_SLOT, asked)]
