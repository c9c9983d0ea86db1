"""Run by Rasa's Python: compares the shortcuts with what they stand for, and prints what differs."""

from __future__ import annotations

import json
import random
from typing import Any

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.utils.common import all_subclasses

from bot.rasa.shortcuts import checker, remember_event_classes

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


def main() -> None:
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
        "classes": after == [before, before] and len(before) > 20 and unknown,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
