"""Domain, rules, wording, examples and actions agree with each other."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from actions.dialogue.answers import ANSWERS
from actions.dialogue.draft import Draft
from actions.dialogue.front import FrontDesk
from actions.handlers import build_actions
from actions.settings import ROOT

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
    "affirm",
}
ANSWERED = {"ask_info", "ask_glossary", "ask_followup", "inform", "out_of_scope", "nlu_fallback"}
TICKETS = {"check_ticket", "urge_ticket", "withdraw_ticket"}
CODE = "\n".join(path.read_text("utf-8") for path in (ROOT / "actions/dialogue").glob("*.py"))
FILED = {"utter_filed", "utter_filed_unassigned", "utter_amended", "utter_amended_unassigned"}


def domain_intents(config: dict[str, Any]) -> set[str]:
    return {next(iter(intent)) for intent in config["domain"]["intents"]}


def custom_actions(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The domain's actions with what stands beside each."""
    listed = config["domain"]["actions"]
    return {
        name: more for one in listed for name, more in ({one: {}} if isinstance(one, str) else one).items()
    }


def actions_by_intent(config: dict[str, Any]) -> dict[str, list[str]]:
    return {
        rule["steps"][0]["intent"]: [step["action"] for step in rule["steps"][1:]]
        for rule in config["rules"]
        if "intent" in rule["steps"][0] and "condition" not in rule
    }


def test_the_intents_are_the_closed_list(config: dict[str, Any]) -> None:
    assert domain_intents(config) == INTENTS | {"nlu_fallback"}
    assert set(config["nlu"]) == INTENTS


def test_every_intent_has_exactly_one_rule_and_danger_one_more_inside_the_form(
    config: dict[str, Any],
) -> None:
    ruled = Counter(rule["steps"][0].get("intent") for rule in config["rules"])
    del ruled[None]  # what follows the form
    assert ruled == {**dict.fromkeys(domain_intents(config), 1), "emergency": 2}


def test_every_rule_does_one_thing(config: dict[str, Any]) -> None:
    # A second step would still be said when the first one failed. Rasa's own action says nothing.
    done = [[step["action"] for step in rule["steps"] if "action" in step] for rule in config["rules"]]
    silent = ("action_deactivate_loop", "intake_form")
    assert [names for names in done if len([n for n in names if n not in silent]) != 1] == []


def test_whatever_may_be_a_question_goes_to_the_pipeline(config: dict[str, Any]) -> None:
    rules = actions_by_intent(config)
    assert {intent for intent, done in rules.items() if done == ["action_answer"]} == ANSWERED
    assert {intent for intent, done in rules.items() if done == ["action_ticket"]} == TICKETS


def test_the_domain_names_the_actions_that_exist(config: dict[str, Any], front: FrontDesk) -> None:
    names = [action.name() for action in build_actions(front)]
    assert sorted(names) == sorted(custom_actions(config))


def test_no_action_is_sent_the_domain(config: dict[str, Any]) -> None:
    """Rasa sends it unasked to whatever is called ``validate_…``."""
    for name, more in custom_actions(config).items():
        assert more.get("send_domain", name.startswith("validate_")) is False, name


def test_the_domain_holds_no_wording(config: dict[str, Any]) -> None:
    assert "responses" not in config["domain"]


def test_every_part_of_a_draft_is_a_slot_that_rasa_never_fills_itself(config: dict[str, Any]) -> None:
    slots = config["domain"]["slots"]
    for name in (*Draft().slots(), "confirmed", "receipts", "opening", "ticket_wish", "withdrawing"):
        assert slots[name]["mappings"] == [{"type": "custom"}], name


def said_in_code() -> set[str]:
    """Responses that the actions name; a name with a gap stands for all that fit."""
    found: set[str] = set()
    for name in re.findall(r"\"(utter_[a-z_]+(?:\{[^}]*\})?(?:[a-z_]*))\"", CODE):
        found.add(re.sub(r"\{[^}]*\}", "*", name))
    return found


def test_every_utterance_used_has_wording_and_none_is_left_over(config: dict[str, Any]) -> None:
    said = {name for done in actions_by_intent(config).values() for name in done if name.startswith("utter_")}
    asked = {f"utter_ask_intake_form_{slot}" for slot in (*ANSWERS, "callback", "consent")}
    said |= asked & set(config["responses"]) | {"utter_action_failed"} | said_in_code()
    exact = {name for name in said if "*" not in name}
    patterns = [re.compile(name.replace("*", "[a-z_]+")) for name in said if "*" in name]
    assert exact - set(config["responses"]) == set()
    left = [n for n in config["responses"] if n not in exact and not any(p.fullmatch(n) for p in patterns)]
    assert left == []


def test_every_question_of_the_form_has_wording_or_an_action(config: dict[str, Any]) -> None:
    named = {*config["responses"], *custom_actions(config)}
    for slot in (*ANSWERS, "callback", "consent"):
        assert {f"utter_ask_intake_form_{slot}", f"action_ask_intake_form_{slot}"} & named, slot
        assert slot in config["domain"]["slots"], slot
    assert {f"utter_unclear_{slot}" for slot in ANSWERS} <= set(config["responses"])


def known_values(text: str) -> set[str]:
    """The values that a wording may name in English when it names these in Chinese."""
    named = set(re.findall(r"\{\w+\}", text))
    return named | {"{hours_en}", "{unit}"}


def test_every_wording_is_there_in_chinese_and_english(config: dict[str, Any]) -> None:
    for name, (english, chinese) in config["responses"].items():
        assert english["condition"] == [{"type": "slot", "name": "language", "value": "en"}], name
        assert not re.search(r"[\u4e00-\u9fff]", english["text"]), name
        assert set(re.findall(r"\{\w+\}", english["text"])) <= known_values(chinese["text"]), name
        assert "condition" not in chinese, name
        assert re.search(r"[\u4e00-\u9fff]", chinese["text"]), name


CLAIMS = re.compile(
    r"登记好了|(?<!没有)(?:已登记|已受理|已提交|已转交)|^filed\b|(?<!nothing )(?<!not )been (?:filed|recorded)",
    re.IGNORECASE,
)


def test_only_the_words_of_the_filing_action_claim_that_something_was_filed(config: dict[str, Any]) -> None:
    claiming = {
        name
        for name, variants in config["responses"].items()
        if any(CLAIMS.search(variant["text"]) for variant in variants)
    }
    assert claiming == FILED


def test_only_the_filing_action_can_say_so_and_only_with_a_receipt(config: dict[str, Any]) -> None:
    files = [
        p.name
        for p in (ROOT / "actions/dialogue").glob("*.py")
        if any(name in p.read_text("utf-8") for name in FILED)
    ]
    assert files == ["filing.py"]
    for name in FILED:
        for variant in config["responses"][name]:
            assert {"{number}", "{code}", "{due}"} <= set(re.findall(r"\{\w+\}", variant["text"]))


def test_a_failed_action_says_so_to_the_gateway_too(config: dict[str, Any]) -> None:
    assert [variant["custom"] for variant in config["responses"]["utter_action_failed"]] == [
        {"failed": True}
    ] * 2


def test_an_emergency_hears_the_numbers_first(config: dict[str, Any]) -> None:
    english, chinese = config["responses"]["utter_emergency"]
    assert chinese["text"].startswith("先拨119")
    assert english["text"].startswith("Call 119")
    assert all(
        number in variant["text"] for variant in (english, chinese) for number in ("119", "120", "110")
    )


def test_who_wants_a_person_hears_the_truth_and_the_number(config: dict[str, Any]) -> None:
    for name in ("utter_handoff_closed", "utter_handoff_holiday", "utter_handoff_open"):
        english, chinese = (variant["text"] for variant in config["responses"][name])
        assert "{hours}" in chinese
        assert "{hours_en}" in english
        assert all("81890" in text for text in (english, chinese))
        assert not re.search("正在转接|已转接|稍等", chinese)


def test_there_are_enough_examples_of_each_intent(config: dict[str, Any]) -> None:
    counts = {intent: len(examples) for intent, examples in config["nlu"].items()}
    assert counts["ask_info"] >= 150
    assert {intent: n for intent, n in counts.items() if n < 40} == {}


def test_no_example_stands_twice_or_under_two_intents(config: dict[str, Any]) -> None:
    seen = Counter(
        re.sub(r"\s", "", text).casefold() for examples in config["nlu"].values() for text in set(examples)
    )
    assert [text for text, n in seen.items() if n > 1] == []
