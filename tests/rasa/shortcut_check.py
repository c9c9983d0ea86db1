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
from rasa.core.actions.forms import FormAction
from rasa.core.agent import Agent
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    Event,
    FollowupAction,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.rasa.shortcuts import call_components_in_order, checker, compare_rules_once, remember_event_classes
from bot.rasa.trackers import (
    copy_conversations_plainly,
    copy_slots_plainly,
    go_on_in_a_copy,
    look_back_as_far_as_rules_go,
    see_when_nothing_was_undone,
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


def conversations(domain: Domain, chance: random.Random) -> list[DialogueStateTracker]:
    """Made of all that can happen in one, in any order."""
    intents, actions, forms = domain.intents, domain.action_names_or_texts, list(domain.forms)
    slots = [slot.name for slot in domain.slots]

    def happens() -> Event:
        return chance.choice(
            [
                lambda: UserUttered("话", {"name": chance.choice(intents), "confidence": 1.0}),
                lambda: ActionExecuted(chance.choice([*actions, *forms, "action_listen", "action_listen"])),
                lambda: SlotSet(chance.choice(slots), chance.choice([None, "x", ["a"], True])),
                lambda: ActiveLoop(chance.choice([None, *forms])),
                lambda: BotUttered("好", {"custom": {"a": [1]}}),
                lambda: LoopInterrupted(chance.random() < 0.5),
                lambda: FollowupAction(chance.choice(actions)),
                lambda: ActionExecutionRejected(chance.choice(forms)),
                UserUtteranceReverted,
                chance.choice([SessionStarted, *[ActionReverted] * 9]),
                *[lambda: ActionExecuted(chance.choice(actions))] * 8,
            ]
        )()

    names = [f"web-{number}" for number in range(120)]
    return [tracker_of(name, [happens() for _ in range(chance.randrange(60))], domain) for name in names]


def tracker_of(name: str, events: list[Event], domain: Domain) -> DialogueStateTracker:
    return DialogueStateTracker.from_events(name, events, list(domain.slots))


def reverts(event: Event) -> bool:
    return isinstance(event, (ActionReverted, UserUtteranceReverted, ActiveLoop))


def twins(trackers: list[DialogueStateTracker]) -> list[Any]:
    """What copies are like, and whether their originals stay as they are when they go on."""
    found = []
    for tracker in trackers:
        twin, before = tracker.copy(), told(tracker)
        found.append([type(twin) is DialogueStateTracker, told(twin)])
        twin.update_with_events(
            [SlotSet(next(iter(twin.slots)), "new"), LoopInterrupted(True)], Domain.empty()
        )
        found.append(told(tracker) == before and told(twin) != before)
    return found


def attempts(domain: Domain, trackers: list[DialogueStateTracker]) -> list[Any]:
    """How forms see conversations with what their actions said, and whether these themselves stay as they are."""
    found = []
    for number, tracker in enumerate(trackers):
        form, before = FormAction(domain.form_names[number % len(domain.form_names)], None), told(tracker)
        slot = next(iter(tracker.slots))
        more = ([], [SlotSet(slot, "new"), ActiveLoop(None)], [SlotSet(REQUESTED_SLOT, None)])[number % 3]
        then = form._temporary_tracker(tracker, list(more), domain)
        for event in list(then.events)[-len(more) - 2 :]:  # of this moment
            event.timestamp = 0
        found += [told(then), told(tracker) == before]
    return found


def told(tracker: DialogueStateTracker) -> str:
    """All that is known of a conversation; what was never said is as new at each look."""
    apart = ("slots", "events", "active_loop", "latest_message", "latest_bot_utterance")
    kept = {name: value for name, value in vars(tracker).items() if name not in apart}
    latest = [
        {**one.as_dict(), "timestamp": 0}
        for one in (tracker.latest_message, tracker.latest_bot_utterance)
        if one
    ]
    loop = vars(tracker.active_loop) if tracker.active_loop else None
    slots = [[vars(slot), slot.has_been_set] for slot in tracker.slots.values()]
    events = [event.as_dict() for event in tracker.events]
    return repr([sorted(kept.items()), latest, loop, slots, events, type(tracker.events)])


def counts(trackers: list[DialogueStateTracker]) -> list[Any]:
    """What counts of each conversation."""
    return [[event.as_dict() for event in tracker.applied_events()] for tracker in trackers]


def looks_back(policy: RulePolicy, domain: Domain, trackers: list[DialogueStateTracker]) -> list[Any]:
    """Which rules conversations are open to, and their last states, as many as the longest rule has."""
    longest = max(len(json.loads(rule)) for rule in policy.lookup[RULES])
    found: list[Any] = []
    for tracker in trackers:
        seen = policy._prediction_states(tracker, domain)
        kinds = (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)
        found.append(
            [
                seen[-longest:],
                [sorted(policy._get_possible_keys(policy.lookup[kind], seen)) for kind in kinds],
            ]
        )
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
    domain = agent.processor.domain
    trackers = conversations(domain, random.Random(8))
    plain = [tracker_of(one.sender_id, [e for e in one.events if not reverts(e)], domain) for one in trackers]
    same_counts = both(lambda: counts([*trackers, *plain]), see_when_nothing_was_undone)
    same_views = both(lambda: looks_back(policy, domain, trackers), look_back_as_far_as_rules_go)
    shortened = max(len(policy._prediction_states(one, domain)) for one in trackers)
    same_twins = both(lambda: twins(trackers), copy_conversations_plainly)
    same_tries = both(lambda: attempts(domain, [*trackers, *plain]), go_on_in_a_copy)
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
        "views": same_views,
        "counts": same_counts,
        "states": [shortened, max(len(list(one.generate_all_prior_trackers())) for one in trackers)],
        "twins": same_twins and twins(trackers)[1::2] == [True] * len(trackers),
        "tries": same_tries and all(attempts(domain, trackers)[1::2]),
        "classes": after == [before, before] and len(before) > 20 and unknown,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
