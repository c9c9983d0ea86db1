"""What must be dealt with before anything is looked up: danger, misuse, and messages without content."""

from __future__ import annotations

import re

from actions.answering.rules import guards, wording
from actions.answering.state import Draft, State

_CONTENT = re.compile(r"[\w]", re.UNICODE)


def guard(state: State) -> None:
    """Ends the run for an emergency, an unsafe request, medical advice or an empty message."""
    text, rules = state.text, guards()
    english = is_english(text)
    if rules["emergency"].search(text) and not rules["emergency_unless"].search(text):
        state.draft = Draft("emergency", [], lead=wording("emergency", english=english))
    elif rules["unsafe"].search(text):
        state.draft = refusal("refused_unsafe", english=english)
    elif rules["medical"].search(text):
        state.draft = refusal("refused_other_service", "medical", english=english)
    elif not _CONTENT.search(text) or rules["smalltalk"].search(text):
        state.draft = Draft("clarify", [], lead=wording("clarify", english=english))


def refusal(status: str, way_out: str = "way_out", *, asked: str = "", english: bool = False) -> Draft:
    """A refusal with its reason and the way out."""
    lead = wording(status, english=english)
    if "{asked}" in lead:
        lead = lead.format(asked=asked) if asked else wording(status, "text_short")
    key = way_out if not english else "way_out"
    return Draft(status, [], lead=lead, tail=wording(status, key, english=english))


def is_english(text: str) -> bool:
    """More Latin letters than Chinese characters, at least two words."""
    latin, chinese = len(re.findall(r"[a-z]", text)), len(re.findall(r"[一-鿿]", text))
    return latin > 2 * chinese and len(text.split()) > 1
