"""«不对，是21号不是12号»: what a resident puts right, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.dialogue.draft import Draft
from actions.dialogue.phrases import has, is_whole, named_slot
from actions.dialogue.places import as_place, corrected_place, find_place
from actions.dialogue.told import find_since, plain

_VALUE = r"[^，,。；;!！?？]{1,40}?"
_SWAPS = (
    re.compile(rf"是(?P<new>{_VALUE})[，, ]*(?:而)?不是(?P<old>{_VALUE})(?:[，,。；;!！]|$)"),
    re.compile(rf"不是(?P<old>{_VALUE})[，, ]*(?:而)?(?:是|应该是)(?P<new>{_VALUE})(?:[，,。；;!！]|$)"),
    re.compile(rf"(?:把)?(?P<old>{_VALUE})(?:改成|改为|换成|改到)(?P<new>{_VALUE})(?:[，,。；;!！]|$)"),
    re.compile(r"(?:it'?s |is )?(?P<new>[\w' -]{1,40}?),? not (?P<old>[\w' -]{1,40})\.?$", re.IGNORECASE),
    re.compile(r"\bnot (?P<old>[\w' -]{1,40}?),? but (?P<new>[\w' -]{1,40})\.?$", re.IGNORECASE),
)
_NEW = re.compile(
    r"(?:应该是|应该说|改成|改为|换成|是|在|：|:|should be|it'?s|is|i mean|to)[ ，,]*(?P<new>[^，,。；;!！]{1,60})$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:不对|不是|错了|说错了|搞错了|弄错了|写错了|更正一下|更正|等等|等一下|no|wrong|sorry|wait|actually)[，,。!！. ]*)+",
    re.IGNORECASE,
)
_SAME_CHARS = 3
_TAIL = 4  # characters behind a place's name that still say where
_TEXTS = ("place", "spot", "problem", "since")


def correct(draft: Draft, text: str) -> Draft | None:
    """The draft with what ``text`` corrects; None when nothing in it says what.

    >>> correct(Draft(problem="井盖缺了", place="蓝天路12号"), "不对，是21号不是12号").place
    '蓝天路21号'
    """
    words = plain(text).strip()
    rest = _LEAD.sub("", words)
    return _swapped(draft, rest) or _swapped(draft, words) or _renamed(draft, rest) or _by_kind(draft, rest)


def is_correction(text: str) -> bool:
    """Whether the message puts something right rather than adding to it."""
    return has("correcting", text) and not has("question", text) and not is_whole("skip", text)


def _swapped(draft: Draft, words: str) -> Draft | None:
    """Old and new are both said: the slot that holds the old words is the one that is meant."""
    for pattern in _SWAPS:
        found = pattern.search(words)
        if not found:
            continue
        old, new = _bare(found["old"]), _bare(found["new"])
        changed = {
            name: value.replace(old, new) for name in _TEXTS if old and old in (value := getattr(draft, name))
        }
        if changed:
            return replace(draft, **changed)
        return _by_kind(draft, new)
    return None


def _renamed(draft: Draft, words: str) -> Draft | None:
    """The slot is named: «地址错了，是5号楼»; without a new value the slot is emptied and asked for again."""
    slot = named_slot(words)
    if not slot:
        return None
    found = _NEW.search(words)
    new = _bare(found["new"]) if found else ""
    if slot == "place":
        return _with_place(draft, new) if new else replace(draft, place="", spot="")
    if slot == "contact":
        return replace(draft, contact="", consent="")
    if slot == "since":
        return _with_since(draft, find_since(new) or new) if new else None
    return replace(draft, problem=new)


def _by_kind(draft: Draft, words: str) -> Draft | None:
    """Only the new value is said: what kind of thing it is tells where it belongs."""
    new = _bare(words)
    if not new:
        return None
    place = _whole_place(new) or (
        as_place(new) if corrected_place(draft.place, as_place(new)) != as_place(new) else ""
    )
    if place and draft.place:
        return _with_place(draft, place)
    since = find_since(new)
    return _with_since(draft, since) if since else None


def _whole_place(words: str) -> str:
    """The place that ``words`` name, with the few characters behind it (薛家村西头)."""
    found = find_place(words)
    return (
        as_place(words) if found and words.startswith(found) and len(words) - len(found) <= _TAIL else found
    )


def _with_place(draft: Draft, new: str) -> Draft:
    place = corrected_place(draft.place, as_place(new))
    # What the message about the problem said of the old place would contradict the new one.
    problem = draft.problem.replace(draft.place, place) if draft.place else draft.problem
    return replace(draft, place=place, problem=problem)


def _with_since(draft: Draft, new: str) -> Draft:
    problem = draft.problem.replace(draft.since, new) if draft.since else _clause_replaced(draft.problem, new)
    return replace(draft, since=new, problem=problem)


def _clause_replaced(text: str, new: str) -> str:
    """``text`` with ``new`` in place of the clause that begins as it does: «每天吵到十点» and «每天吵到十一点»."""
    for clause in re.split(r"[，,。；;]", text):
        if clause[:_SAME_CHARS] == new[:_SAME_CHARS] and len(clause) >= _SAME_CHARS:
            return text.replace(clause, new)
    return text


def _bare(words: str) -> str:
    return re.sub(r"^(?:是|在|应该是|it'?s |is |the )", "", words.strip(" ，,。.!！?？")).strip()
