"""Domain, rules, wording, examples and actions agree with each other."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from actions.handlers import build_actions
from tests.rasa.conftest import TinyAnswerer

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
ANSWERED = {"ask_info", "ask_glossary", "ask_followup", "inform", "out_of_scope", "nlu_fallback"}
TICKETS = {"report_issue", "check_ticket", "urge_ticket", "withdraw_ticket"}
FROM_ACTIONS = {f"utter_{intent}_pending" for intent in TICKETS} | {
    "utter_handoff_pending",
    "utter_feedback_good",
    "utter_feedback_bad",
    "utter_action_failed",
}


def domain_intents(config: dict[str, Any]) -> set[str]:
    return {next(iter(intent)) for intent in config["domain"]["intents"]}


def actions_by_intent(config: dict[str, Any]) -> dict[str, list[str]]:
    return {
        rule["steps"][0]["intent"]: [step["action"] for step in rule["steps"][1:]] for rule in config["rules"]
    }


def test_the_intents_are_the_closed_list(config: dict[str, Any]) -> None:
    assert domain_intents(config) == INTENTS | {"nlu_fallback"}
    assert set(config["nlu"]) == INTENTS


def test_every_intent_has_exactly_one_rule(config: dict[str, Any]) -> None:
    ruled = Counter(rule["steps"][0]["intent"] for rule in config["rules"])
    assert ruled == dict.fromkeys(domain_intents(config), 1)


def test_every_rule_does_one_thing(config: dict[str, Any]) -> None:
    # A second step would still be said when the first one failed.
    assert {intent: done for intent, done in actions_by_intent(config).items() if len(done) != 1} == {}


def test_whatever_may_be_a_question_goes_to_the_pipeline(config: dict[str, Any]) -> None:
    rules = actions_by_intent(config)
    assert {intent for intent, done in rules.items() if done == ["action_answer"]} == ANSWERED
    assert {intent for intent, done in rules.items() if done == ["action_ticket_pending"]} == TICKETS


def test_the_domain_names_the_actions_that_exist(config: dict[str, Any]) -> None:
    names = [action.name() for action in build_actions(TinyAnswerer())]
    assert sorted(names) == sorted(config["domain"]["actions"])


def test_the_domain_holds_no_wording(config: dict[str, Any]) -> None:
    assert "responses" not in config["domain"]


def test_every_utterance_used_has_wording_and_none_is_left_over(config: dict[str, Any]) -> None:
    said = {name for done in actions_by_intent(config).values() for name in done if name.startswith("utter_")}
    assert set(config["responses"]) == said | FROM_ACTIONS


def test_every_wording_is_there_in_chinese_and_english(config: dict[str, Any]) -> None:
    for name, (english, chinese) in config["responses"].items():
        assert english["condition"] == [{"type": "slot", "name": "language", "value": "en"}], name
        assert not re.search(r"[\u4e00-\u9fff]", english["text"]), name
        assert "condition" not in chinese, name
        assert re.search(r"[\u4e00-\u9fff]", chinese["text"]), name


def test_no_wording_claims_that_something_was_filed(config: dict[str, Any]) -> None:
    claims = re.compile(
        r"(?<!没有)(?:已登记|已受理|已提交|已转|已催|已撤|登记好了)|(?<!nothing )has been (?:filed|recorded)",
        re.IGNORECASE,
    )
    texts = [variant["text"] for variants in config["responses"].values() for variant in variants]
    assert [text for text in texts if claims.search(text)] == []


def test_an_emergency_hears_the_numbers_first(config: dict[str, Any]) -> None:
    english, chinese = config["responses"]["utter_emergency"]
    assert chinese["text"].startswith("先拨119")
    assert english["text"].startswith("Call 119")
    assert all(
        number in variant["text"] for variant in (english, chinese) for number in ("119", "120", "110")
    )


@pytest.mark.parametrize("intent", [*sorted(TICKETS), "request_human"])
def test_what_is_not_open_yet_says_so_and_shows_the_way_out(config: dict[str, Any], intent: str) -> None:
    name = "utter_handoff_pending" if intent == "request_human" else f"utter_{intent}_pending"
    text = config["responses"][name][1]["text"]
    assert "尚未开通" in text
    assert "81890" in text


def test_there_are_enough_examples_of_each_intent(config: dict[str, Any]) -> None:
    counts = {intent: len(examples) for intent, examples in config["nlu"].items()}
    assert counts["ask_info"] >= 150
    assert {intent: n for intent, n in counts.items() if n < 40} == {}


def test_no_example_stands_twice_or_under_two_intents(config: dict[str, Any]) -> None:
    seen = Counter(
        re.sub(r"\s", "", text).casefold() for examples in config["nlu"].values() for text in set(examples)
    )
    assert [text for text, n in seen.items() if n > 1] == []
