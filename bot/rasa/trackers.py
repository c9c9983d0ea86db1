"""What has been said, looked at again with less work for each message and the same results as stock Rasa's.

* Slots were taken apart and put together again for every earlier state of a conversation; now their fields are copied.
* A conversation was lived through again from its beginning to copy it for an action; now what it has come to is copied.
* Every state it had ever been in was made out, twice a message; now as many as the longest rule has.
* A form lived through the whole conversation twice more, with what its action said at the end; now it goes on in a copy.
* Every event was asked for what it might undo, several times a message; now only where one does.
"""

from __future__ import annotations

import copy
import json
from collections import deque
from functools import lru_cache
from typing import Any

from rasa.core.actions.forms import FormAction
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    LegacyForm,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

_RULES = 1000
_BEGINNING = frozenset({Restarted.type_name, SessionStarted.type_name})
# After one of these what came before is looked at again: taken back, or part of a form.
_CHANGING = frozenset(
    kind.type_name for kind in (ActionReverted, UserUtteranceReverted, ActiveLoop, LegacyForm)
)


def copy_slots_plainly() -> None:
    """Patch Rasa in this process; call it once. A slot is its fields, whatever its class."""

    def copied(self: Any) -> Any:
        new = object.__new__(type(self))
        vars(new).update(vars(self))
        return new

    Slot.__copy__ = copied


def copy_conversations_plainly() -> None:
    """Patch Rasa in this process; call it once. A copy has no model's name, as the stock one."""

    def copied(self: Any) -> Any:
        new = object.__new__(type(self))
        vars(new).update(vars(self))
        new.events, new.active_loop = copy.copy(self.events), copy.copy(self.active_loop)
        new.slots = {name: copy.copy(slot) for name, slot in self.slots.items()}
        new.sender_source = new.model_id = new.assistant_id = None
        return new

    DialogueStateTracker.copy = copied


def go_on_in_a_copy() -> None:
    """Patch Rasa in this process; call it once. Only after a restart what came before it has to be left out."""
    stock = FormAction._temporary_tracker

    def temporary(
        self: Any, tracker: DialogueStateTracker, more: list[Event], domain: Domain
    ) -> DialogueStateTracker:
        if any(event.type_name == Restarted.type_name for event in tracker.events):
            found: DialogueStateTracker = stock(self, tracker, more, domain)
            return found
        copied = tracker.copy()
        asked = SlotSet(REQUESTED_SLOT, self.get_slot_to_fill(tracker))
        for event in (asked, ActionExecuted(self.name()), *more):
            copied.update(event)
        return copied

    FormAction._temporary_tracker = temporary


def see_when_nothing_was_undone() -> None:
    """Patch Rasa in this process; call it once. Then what counts of a conversation is what came after its last beginning."""
    stock = DialogueStateTracker.applied_events

    def applied(self: Any) -> list[Event]:
        events = list(self.events)
        kinds = [event.type_name for event in events]
        if not _CHANGING.isdisjoint(kinds):
            found: list[Event] = stock(self)
            return found
        begun = max((place for place, kind in enumerate(kinds) if kind in _BEGINNING), default=-1)
        return events[begun + 1 :]

    DialogueStateTracker.applied_events = applied


def recent_states(tracker: DialogueStateTracker, domain: Domain, most: int) -> list[Any]:
    """The last states of a conversation, those before its last actions and that of now; ``most`` of them at most."""
    actions = sum(event.type_name == ActionExecuted.type_name for event in tracker.applied_events())
    found: deque[Any] = deque(maxlen=most)
    for place, (then, _) in enumerate(tracker.generate_all_prior_trackers()):
        if place > actions - most:
            found.append(domain.get_active_state(then))
    return list(found)


def look_back_as_far_as_rules_go() -> None:
    """Patch Rasa in this process; call it once. The policy compares no state further back than a rule has one."""

    @lru_cache(maxsize=_RULES)
    def length(rule: str) -> int:
        return len(json.loads(rule))

    def states(
        self: Any,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[Any]:
        rules = (*self.lookup[RULES], *self.lookup[RULES_FOR_LOOP_UNHAPPY_PATH])
        found = recent_states(tracker, domain, max(map(length, rules), default=1))
        self.featurizer._choose_last_user_input([found], use_text_for_last_user_input)
        return found

    RulePolicy._prediction_states = states
