"""What the gateway itself says: every sentence is there, used, and shows a way out."""

import re
from pathlib import Path

import pytest
import yaml

from bot.gateway.errors import WordingMissing
from bot.gateway.wording import say

FOLDER = Path("bot/gateway")
ENTRIES = yaml.safe_load((FOLDER / "wording.yml").read_text("utf-8"))
CODE = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
WITHOUT_HOTLINE = {"restarted", "foreign_origin", "document_unknown"}


@pytest.mark.parametrize("key", ENTRIES)
def test_every_sentence_is_used(key):
    assert f'"{key}"' in CODE


def test_every_sentence_asked_for_is_there():
    asked = set(re.findall(r'(?:say|notice)\(\s*"(\w+)"', CODE))
    assert len(asked) >= 10
    assert asked <= set(ENTRIES)


@pytest.mark.parametrize("key", sorted(set(ENTRIES) - WITHOUT_HOTLINE))
def test_every_failure_names_the_hotline(key):
    assert "81890" in ENTRIES[key]


@pytest.mark.parametrize("key", ["apology", "busy", "rate_limited"])
def test_whoever_is_not_answered_is_told_what_to_do_in_danger(key):
    assert re.search(r"119、120(?:、|或)110", ENTRIES[key])


def test_no_sentence_claims_that_something_was_registered():
    for text in ENTRIES.values():
        assert not re.search(r"已登记|已受理|已转交|登记成功", text)


def test_a_missing_sentence_or_value_is_named():
    with pytest.raises(WordingMissing, match="nothing"):
        say("nothing")
    with pytest.raises(WordingMissing, match="seconds"):
        say("rate_limited")
