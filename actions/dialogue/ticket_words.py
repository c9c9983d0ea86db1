"""Ticket numbers, query codes and scores as residents write them."""

from __future__ import annotations

import re

from actions.dialogue.phrases import folded
from actions.tickets.numbers import tidy_code, tidy_number

_NUMBER = re.compile(r"hs[\s\-_.]*\d{6}[\s\-_.]*\d{5}(?!\d)|(?<!\d)\d{6}-\d{5}(?!\d)")
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_ADDED = re.compile(
    # With something between: 补充医疗保险 is a thing one asks about.
    r"(?:我)?(?:再|来)?补充(?:(?:一下|一点)[：:，, ]*|(?:说明|材料|信息)?[：:，, ]+)(?P<words>.{2,})"
    r"|(?:more information|in addition|to add)[:, ]+(?P<english>.{2,})",
    re.IGNORECASE | re.DOTALL,
)
SCORES = ("不满意", "基本满意", "满意")
_SCORES_EN = (
    (re.compile(r"\b(?:not|dis)[ -]?satisfied|unhappy"), "不满意"),
    (re.compile(r"satisfied"), "满意"),
)


def number_and_code(text: str) -> tuple[str, str]:
    """The ticket's number and code in a message; empty where there is none.

    >>> number_and_code("查 HS-261122-48371，查询码 002718")
    ('HS-261122-48371', '002718')
    """
    words = folded(text)
    number = _NUMBER.search(words)
    rest = _NUMBER.sub(" ", words)
    code = _CODE.search(rest)
    return (tidy_number(number.group()) if number else ""), (tidy_code(code.group()) if code else "")


def added(text: str) -> str:
    """What a message adds to a ticket; empty unless it says that it adds something.

    >>> added("补充：灯杆编号是A12"), added("灯杆编号是A12"), added("补充医疗保险有多少人参加")
    ('灯杆编号是A12', '', '')
    """
    found = _ADDED.match(text.strip())
    return (found["words"] or found["english"]).strip() if found else ""


def only_rates(text: str) -> bool:
    """Whether a message is a ticket's number and a score and nothing else, as the button of a card says it.

    >>> only_rates("HS-261122-48371 满意"), only_rates("催一下HS-261122-48371，很不满意"), only_rates("满意")
    (True, False, False)
    """
    words = folded(text)
    rest = _NUMBER.sub(" ", words).strip(" ，,。.:：")
    return rest != words.strip() and rest in (*SCORES, "satisfied", "not satisfied")


def score_of(text: str) -> str:
    """满意, 基本满意 or 不满意 as said; empty when it is no such word.

    >>> score_of("还行，基本满意吧"), score_of("很不满意"), score_of("not satisfied")
    ('基本满意', '不满意', '不满意')
    """
    words = folded(text).replace("不太满意", "不满意").replace("不是很满意", "不满意")
    found = next((score for score in SCORES if score in words), "")
    return found or next((score for pattern, score in _SCORES_EN if pattern.search(words)), "")
