"""Answers to what was asked: one function for each slot; None means that the message is no answer to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from actions.dialogue.correction import correct
from actions.dialogue.draft import NO_CONTACT, Draft
from actions.dialogue.heard import Turn
from actions.dialogue.phrases import has, is_whole, named_slot
from actions.dialogue.places import as_place, find_place, joined, since_beside_place
from actions.dialogue.told import announces, plain, tell, without_contact

Answer = Callable[[Draft, str], "Draft | Turn | None"]
MAX_PLACE_CHARS = 60
_SETS = re.compile(r"是|为|：|:|\bis\b")
UNKNOWN_PLACE = "未说明"


def problem(draft: Draft, text: str) -> Draft | Turn | None:
    """Anything that says something; its place and duration come along."""
    told = tell(text)
    if not told.matters or is_whole("unknown", text) or is_whole("affirm", text) or is_whole("deny", text):
        return None
    first, *others = told.matters
    return placed(replace(draft, problem=first, others=(*draft.others, *others)), text)


def place(draft: Draft, text: str) -> Draft | Turn | None:
    """The words themselves; who cannot say where is asked once more and then believed."""
    if is_whole("unknown", text) or is_whole("skip", text):
        return (
            replace(draft, place=UNKNOWN_PLACE)
            if draft.spot
            else Turn(replace(draft, spot="?"), "place", ("utter_unclear_place",))
        )
    if is_whole("affirm", text) or is_whole("deny", text):
        return None
    where = find_place(text) if has("trouble", text) else ""
    if not where and has("trouble", text) and announces(text):
        return None  # the report told once more, by somebody who believes it was not heard
    where = where or as_place(text)[:MAX_PLACE_CHARS]
    return replace(draft, place=where, spot="", since=draft.since or since_beside_place(text))


def spot(draft: Draft, text: str) -> Draft | Turn | None:
    """The narrower place within a town."""
    if is_whole("skip", text) or is_whole("unknown", text) or is_whole("deny", text):
        return replace(draft, spot=NO_CONTACT)
    if is_whole("affirm", text):
        return None
    where = as_place(text)[:MAX_PLACE_CHARS]
    return replace(draft, place=joined(draft.place, where), spot=where)


def contact(draft: Draft, text: str) -> Draft | Turn | None:
    """The number itself never comes this way: the gateway has taken it out of the text."""
    if is_whole("skip", text) or is_whole("deny", text) or (is_whole("affirm", text) and has("submit", text)):
        return replace(draft, contact=NO_CONTACT, consent="")
    return None


def confirmed(draft: Draft, text: str) -> Draft | Turn | None:
    """What was read back is not simply right: a no, a number not wanted after all, or one more detail."""
    if is_whole("skip", text):
        return replace(draft, contact=NO_CONTACT, consent="")
    if is_whole("deny", text):
        return Turn(draft, "which")
    if named_slot(text) in ("place", "since", "contact") and _SETS.search(text):
        return correct(draft, text)
    return _detail(draft, text)


def which(draft: Draft, text: str) -> Draft | Turn | None:
    """What is to be changed, or what it should be."""
    if is_whole("affirm", text):
        return draft
    corrected = correct(draft, text)
    if corrected is not None:
        return corrected
    if named_slot(text) == "problem":
        return replace(draft, problem="")
    told = tell(text)
    if has("trouble", text) and told.matters:  # the matter itself, told anew
        return replace(draft, problem=told.matters[0], since=since_beside_place(text) or draft.since)
    return _detail(draft, text)


def placed(draft: Draft, text: str) -> Draft:
    """The draft with the place that ``text`` surely names, if it has none yet."""
    rest = without_contact(plain(text))
    place, since = draft.place or find_place(rest), draft.since or since_beside_place(rest)
    return replace(draft, place=place, since=since)


def _detail(draft: Draft, text: str) -> Draft | None:
    where, since = find_place(text), since_beside_place(text)
    if where:
        return replace(draft, place=where, spot="")
    if since:
        return replace(draft, since=since)
    return None


ANSWERS: dict[str, Answer] = {
    "problem": problem,
    "place": place,
    "spot": spot,
    "contact": contact,
    "confirmed": confirmed,
    "which": which,
}
