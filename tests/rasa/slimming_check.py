"""Run by Rasa's Python: prints what stock Rasa tells an action of some conversations, and what it is told now."""

from __future__ import annotations

import json
import random
import sys

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent

from bot.rasa.slimming import name_no_model, tell_actions_what_they_read
from tests.rasa.shortcut_check import conversations


def main() -> None:
    agent = Agent.load(sys.argv[1])
    assert agent.processor is not None
    domain = agent.processor.domain
    trackers = conversations(domain, random.Random(11))
    for tracker in trackers:
        tracker.model_id = "a model"
    action = RemoteAction("action_answer", None)
    before = [action._action_call_format(tracker, domain)["tracker"] for tracker in trackers]
    tell_actions_what_they_read()
    name_no_model()
    after = [action._action_call_format(tracker, domain)["tracker"] for tracker in trackers]
    print(json.dumps(list(zip(before, after, strict=True))))


if __name__ == "__main__":
    main()
