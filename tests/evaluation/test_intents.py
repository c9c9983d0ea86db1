"""The intent file measures the classifier, so its labels and its balance have to be right first."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

INTENTS = {
    "greet",
    "goodbye",
    "thanks",
    "ask_info",
    "ask_glossary",
    "ask_followup",
    "report_issue",
    "check_ticket",
    "urge_ticket",
    "withdraw_ticket",
    "request_human",
    "give_feedback_good",
    "give_feedback_bad",
    "cancel",
    "out_of_scope",
    "emergency",
    "chitchat_bot",
    "inform",
}
LINES = (Path(__file__).parent / "intents.jsonl").read_text(encoding="utf-8").splitlines()
EXAMPLES: list[dict[str, str]] = [json.loads(line) for line in LINES]


def test_each_line_is_a_text_with_a_known_intent() -> None:
    assert [line for line in EXAMPLES if line.keys() != {"text", "intent"} or not line["text"].strip()] == []
    assert {line["intent"] for line in EXAMPLES} == INTENTS


def test_no_text_stands_twice() -> None:
    assert [text for text, n in Counter(line["text"] for line in EXAMPLES).items() if n > 1] == []


def test_every_intent_has_enough_examples_to_speak_of_recall() -> None:
    counts = Counter(line["intent"] for line in EXAMPLES)
    assert len(EXAMPLES) == 250
    assert {intent: n for intent, n in counts.items() if n < 10} == {}
