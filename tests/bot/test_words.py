"""The page's wording: the same entries in both languages, each of them used, and a sentence for all the gateway says."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from actions.settings import ROOT
from actions.tickets.states import load_states
from bot.gateway.pages import WEB
from bot.gateway.words import LANGUAGES, words

SCRIPTS = "\n".join(path.read_text("utf-8") for path in (WEB / "static").glob("*.js"))
PAGES = "\n".join(path.read_text("utf-8") for path in (WEB / "templates").glob("*"))
# Of the pages for documents, which say it themselves.
ELSEWHERE = {"not_found", "document_unknown", "document_unavailable"}


def entries(words: Any, above: str = "") -> set[str]:
    """``tools.large`` and so on; what a list or a table of names holds may differ."""
    if not isinstance(words, dict) or above in ("script.notices", "script.scores"):
        return {above}
    return {entry for name, value in words.items() for entry in entries(value, f"{above}.{name}".strip("."))}


def test_both_languages_have_the_same_entries() -> None:
    chinese, english = (entries(words(language)) for language in LANGUAGES)
    assert chinese == english


@pytest.mark.parametrize("name", sorted(words("zh")["script"]))
def test_every_entry_of_the_scripts_is_used(name: str) -> None:
    assert f"words.{name}" in SCRIPTS


def test_every_entry_that_is_asked_for_is_there() -> None:
    assert set(re.findall(r"words\.(\w+)", SCRIPTS)) <= {*words("zh")["script"], "js"}
    for path in re.findall(r"\bw\.([a-z_.]+)", PAGES):
        found: Any = words("zh")
        for name in path.split("."):
            found = found[name]


def test_what_is_filled_in_is_the_same_in_both_languages() -> None:
    chinese, english = (words(language)["script"] for language in LANGUAGES)
    for name, text in chinese.items():
        if isinstance(text, str):
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[name])), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_a_ticket_is_told_in_plain_words(language: str) -> None:
    assert set(words(language)["script"]["states"]) == set(load_states().states)


def test_all_that_the_gateway_says_is_there_in_english() -> None:
    said = set(yaml.safe_load((ROOT / "bot/gateway/wording.yml").read_text("utf-8")))
    assert set(words("en")["script"]["notices"]) == said - ELSEWHERE
