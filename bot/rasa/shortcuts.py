"""The same results as stock Rasa's with less work for each message.

* A reply of the service was compared with the shape of every kind of event there is; now with that of its own kind.
* The class of an event was looked for among all of them; now each is found once.
* A handful of components that depend on each other in a line went through the scheduler of dask, twice a message; now
  each is simply called after those it needs.
* Every rule was turned round again for every state of the conversation it was compared with, long after its own were
  compared; now once, and only as far back as the longest rule goes.
* An empty domain was built for every message, to see that the model's own is another.
* Whatever is only written down when somebody looks for a mistake was copied, and all slots listed, although nobody does.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import rasa.core.policies.rule_policy
import rasa.core.processor
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import PREVIOUS_ACTION
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event

_RULES = 1000


def checker(schema: Mapping[str, Any]) -> Callable[[Any], None]:
    """What raises ValidationError for a reply that is not of Rasa's schema.

    :param schema: of an action's reply; its events are one of several shapes, told apart by their field ``event``.
    """
    make = validator_for(schema)
    events = dict(schema["properties"]["events"])
    items = dict(events.pop("items"))
    kinds = {one["properties"]["event"]["const"]: make({**items, "oneOf": [one]}) for one in items["oneOf"]}
    frame = make({**schema, "properties": {**schema["properties"], "events": events}})

    def check(reply: Any) -> None:
        frame.validate(reply)
        for event in reply.get("events", ()):
            kind = event.get("event") if isinstance(event, dict) else None
            if not isinstance(kind, str) or kind not in kinds:
                raise ValidationError("an event of no known kind")
            kinds[kind].validate(event)

    return check


def remember_event_classes() -> None:
    """Patch Rasa in this process; call it once."""
    found: dict[str, type[Event]] = {}
    look = Event.resolve_by_type

    def resolve(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        known = found.get(type_name)
        if known is None:
            known = look(type_name, default)
            if known is not None and known is not default:
                found[type_name] = known
        return known

    Event.resolve_by_type = staticmethod(resolve)


def call_components_in_order() -> None:
    """Patch Rasa in this process; call it once. Training keeps dask: this is for graphs that are loaded already."""
    stock = DaskGraphRunner.run

    def run(
        self: Any, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        nodes, given = self._graph_schema.nodes, inputs or {}
        if any(not node.eager for node in nodes.values()) or not given.keys().isdisjoint(nodes):
            found: dict[str, Any] = stock(self, inputs, targets)
            return found
        done: dict[str, Any] = {name: (name, value) for name, value in given.items()}

        def result(name: str) -> Any:
            if name not in done:
                if name not in nodes:
                    return name  # the component says what it lacks
                done[name] = self._instantiated_nodes[name](*map(result, nodes[name].needs.values()))
            return done[name]

        try:
            return dict(result(name) for name in targets or self._graph_schema.target_names)
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error

    DaskGraphRunner.run = run


def know_the_domain() -> None:
    """Patch Rasa in this process; call it once. A domain is not changed once it is loaded."""
    stock = Domain.is_empty

    def is_empty(self: Any) -> bool:
        if not hasattr(self, "_is_empty"):
            self._is_empty = stock(self)
        return bool(self._is_empty)

    Domain.is_empty = is_empty


def compare_rules_once() -> None:
    """Patch Rasa in this process; call it once."""

    @lru_cache(maxsize=_RULES)
    def backwards(rule: str) -> list[dict[str, Any]]:
        return list(reversed(json.loads(rule)))

    def fits(self: Any, wanted: dict[str, Any], state: dict[str, Any]) -> bool:
        before, now = wanted.get(PREVIOUS_ACTION), state.get(PREVIOUS_ACTION)
        if not before or not now:  # where a conversation begins, in both or in one
            return not before and not now
        matches: bool = self._does_rule_match_state(wanted, state)
        return matches

    def possible(self: Any, lookup: dict[str, str], states: Sequence[dict[str, Any]]) -> set[str]:
        keys = set(lookup)
        for place, state in enumerate(reversed(states)):
            still = {key for key in keys if place < len(backwards(key))}
            if not still:
                break
            keys -= {key for key in still if not fits(self, backwards(key)[place], state)}
        return keys

    RulePolicy._get_possible_keys = possible


def copy_nothing_for_the_log() -> None:
    """Patch Rasa in this process; call it once. Both modules copy only what they hand to ``structlogger.debug``."""
    as_it_is = SimpleNamespace(deepcopy=lambda given: given)
    rasa.core.processor.copy = rasa.core.policies.rule_policy.copy = as_it_is
    told, listed = RulePolicy.format_tracker_states, MessageProcessor._log_slots

    def looked_for() -> bool:
        return logging.getLogger("rasa").isEnabledFor(logging.DEBUG)

    RulePolicy.format_tracker_states = staticmethod(lambda states: told(states) if looked_for() else "")
    MessageProcessor._log_slots = staticmethod(lambda tracker: listed(tracker) if looked_for() else None)
