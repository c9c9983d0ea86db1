"""What is left out of what the actions are told changes nothing of what they make of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.dialogue import conversation

Run = Callable[..., subprocess.CompletedProcess[str]]
LOOKS: tuple[Callable[[Tracker], Any], ...] = (
    conversation.question_of,
    conversation.turns_of,
    conversation.heard_before,
    conversation.heard,
    conversation.message_key,
    conversation.session_of,
    conversation.channel_of,
    Tracker.slots_to_validate,
)


@pytest.fixture(scope="module")
def pairs(rasa_run: Run, model: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Conversations as stock Rasa tells them, and as they are told now."""
    done = rasa_run("-W", "ignore", "-m", "tests.rasa.slimming_check", str(model))
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[tuple[dict[str, Any], dict[str, Any]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_actions_make_the_same_of_it(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    seen = set()
    for stock, slim in pairs:
        full, told = Tracker.from_dict(stock), Tracker.from_dict(slim)
        made = [[str(look(one)) for look in LOOKS] for one in (full, told)]
        assert made[0] == made[1]
        seen.add(tuple(made[0]))
    assert len(seen) > 50


def test_everything_but_the_events_is_the_same_and_those_weigh_less(
    pairs: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    for stock, slim in pairs:
        assert {**stock, "events": []} == {**slim, "events": []}
    sizes = [sum(len(json.dumps(pair[which]["events"])) for pair in pairs) for which in (0, 1)]
    assert sizes[1] < sizes[0] / 2
