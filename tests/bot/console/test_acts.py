"""The record of acts in plain words: every kind that the code records has a name."""

from __future__ import annotations

import re

from actions.settings import ROOT
from bot.console.acts_words import kinds, named, told
from tests.desk_parts import Desk

_RECORDED = re.compile(r"(?:record|write|settle)\(\s*[^()]*?(?:\([^()]*\)[^()]*?)*\)", re.S)
_KIND = re.compile(
    r'"((?:sign_in|account|password|code|roles|chat|tickets|document|entry|knowledge|bot)_[a-z_]+|locked|sign_in)"'
)
# Put together in the code from a word each.
BUILT = {
    *(f"chat_{act}" for act in ("claim", "release", "transfer", "close")),
    *(f"entry_{state}" for state in ("approved", "refused")),
    *(f"knowledge_{what}" for what in ("publish", "withdraw", "rollback")),
    *(f"document_{state}" for state in ("published", "withdrawn")),
}


def recorded() -> set[str]:
    found: set[str] = set()
    for folder in ("accounts", "conversations", "governance", "serving"):
        for path in (ROOT / "actions" / folder).glob("*.py"):
            code = re.sub(r'"""[\s\S]*?"""', "", path.read_text("utf-8"))
            for call in _RECORDED.findall(code):
                found.update(_KIND.findall(call))
    return found


def test_every_kind_that_is_recorded_has_a_name() -> None:
    found = recorded()
    assert {"sign_in_failed", "tickets_exported", "entry_drafted", "bot_off", "document_refused"} <= found
    assert sorted((found | BUILT) - set(kinds())) == [], "name them in bot/console/acts.yml"


def test_details_are_told_in_words() -> None:
    assert told('{"before": "operator", "after": "editor,operator"}') == "原来 坐席 · 改为 知识编辑、坐席"
    assert named("never_heard_of") == "never_heard_of"


def test_the_page_names_and_filters(running: Desk) -> None:
    client = running.signed_in("admin")
    page = client.get("/desk/acts").text
    assert "<td>登录</td>" in page
    assert "方式 密码" in page
    only = client.get("/desk/acts?kind=bot_off").text
    assert '<option value="bot_off" selected>' in only
    assert "<td>登录</td>" not in only
