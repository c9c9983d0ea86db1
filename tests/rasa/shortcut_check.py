"""Run by Rasa's Python: compares the shortcuts with what they stand for, and prints what differs."""

from __future__ import annotations

import asyncio
import copy
import json
import random
import sys
from collections.abc import Callable
from typing import Any

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.slots import Slot
from rasa.shared.utils.common import all_subclasses

from bot.rasa.shortcuts import (
    call_components_in_order,
    checker,
    compare_rules_once,
    copy_slots_plainly,
    remember_event_classes,
)

SPOILT: tuple[Any, ...] = (
    None,
    7,
    "x",
    [],
    {},
    {"event": 3},
    {"event": ["slot"]},
    {"event": "nonsense"},
    {"name": "x"},
)


def replies(schema: dict[str, Any], chance: random.Random) -> list[Any]:
    """Sound and spoilt ones of every kind of event."""
    found: list[Any] = [*SPOILT, {"events": None}, {"events": [], "responses": {}}, {"responses": [1]}]
    for shape in schema["properties"]["events"]["items"]["oneOf"]:
        kind = shape["properties"]["event"]["const"]
        for _ in range(20):
            event = {"event": kind, "timestamp": chance.choice([None, 1.5, "late"])}
            for name in shape["properties"]:
                if name != "event" and chance.random() < 0.7:
                    event[name] = chance.choice([None, 1, 1.5, "x", [], {}, [1], {"a": 1}, True])
            found.append({"events": [event], "responses": chance.choice([[], [{}], [{"text": "x"}]])})
    return found + [{"events": [spoilt]} for spoilt in SPOILT]


def accepts(check: Any, reply: Any) -> bool:
    try:
        check(reply)
    except ValidationError:
        return False
    return True


SAID = (
    "海曙有多少家居家养老机构",
    "我要投诉，小区路灯坏了",
    "那2025年呢",
    "谢谢",
    "转人工",
    "着火了救命",
    "88",
    "where is it",
)


def parses(agent: Agent) -> list[Any]:
    """What the model makes of some messages."""
    return [asyncio.run(agent.parse_message(text)) for text in SAID]


def states(rules: list[str], chance: random.Random) -> list[list[dict[str, Any]]]:
    """Conversations that follow a rule to its end or not quite, after others or from their beginning."""
    found = []
    for rule in rules:
        own = json.loads(rule)
        for _ in range(5):
            before = json.loads(chance.choice(rules))[: chance.randrange(4)]
            changed = [dict(state) for state in own]
            if chance.random() < 0.5:
                chance.choice(changed).pop(chance.choice(["user", "prev_action", "slots"]), None)
            found.append([*before, *changed])
    return found


def possible(policy: RulePolicy, found: list[list[dict[str, Any]]]) -> list[list[str]]:
    """The rules that each of the conversations is open to."""
    return [sorted(policy._get_possible_keys(policy.lookup[RULES], one)) for one in found]


def both(look: Callable[[], list[Any]], patch: Callable[[], None]) -> bool:
    """Whether there is something to see, and the same before and after."""
    before = look()
    patch()
    return bool(before) and any(before) and look() == before


def copies(slots: list[Slot]) -> list[Any]:
    """What copies of slots are like, and whether filling one leaves its original alone."""
    found: list[Any] = []
    for slot in slots:
        twin = copy.copy(slot)
        found.append([type(twin) is type(slot), twin is not slot, dict(vars(twin)) == vars(slot)])
        before = slot.value
        twin.value = "filled"
        found.append(slot.value == before and twin.has_been_set and not slot.has_been_set)
    return found


def main() -> None:
    agent = Agent.load(sys.argv[1])
    assert agent.processor is not None
    runner = agent.processor.graph_runner
    assert isinstance(runner, DaskGraphRunner)
    policies = [node._component for node in runner._instantiated_nodes.values()]
    (policy,) = (one for one in policies if isinstance(one, RulePolicy))
    said = states(list(policy.lookup[RULES]), random.Random(6))
    same_rules = both(lambda: possible(policy, said), compare_rules_once)
    same_parses = both(lambda: parses(agent), call_components_in_order)
    slots = list(agent.processor.domain.slots)
    same_slots = both(lambda: copies(slots), copy_slots_plainly) and len(slots) > 5
    schema = RemoteAction.action_response_format_spec()
    stock, own, tried = validator_for(schema)(schema), checker(schema), replies(schema, random.Random(5))
    judged = [(accepts(stock.validate, reply), accepts(own, reply)) for reply in tried]
    names = sorted({cls.type_name for cls in all_subclasses(Event) if hasattr(cls, "type_name")})
    before = [Event.resolve_by_type(name) for name in names]
    remember_event_classes()
    after = [[Event.resolve_by_type(name) for name in names] for _ in range(2)]
    unknown = Event.resolve_by_type("unheard of", SlotSet) is SlotSet
    print(json.dumps({
        "accepted": sum(stock for stock, _ in judged),
        "refused": sum(not stock for stock, _ in judged),
        "differ": sum(stock != own for stock, own in judged),
        "rules": same_rules,
        "conversations": len(said),
        "parses": same_parses,
        "slots": same_slots,
        "classes": after == [before, before] and len(before) > 20 and unknown,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
