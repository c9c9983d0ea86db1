"""Ordinary questions are not taken for misuse, whatever words they come with."""

from __future__ import annotations

from collections import Counter

import httpx2
import pytest

from actions.answering.answer import Question
from actions.answering.guard import guard
from actions.answering.state import State
from knowledge.normalise import normalise
from tests.faults.inputs.conftest import Counting
from tests.faults.inputs.ordinary import COUNT, questions
from tests.faults.inputs.tally import SECONDS, share, tell
from tests.faults.inputs.town import Town

MOST = 0.05
# What is said to misuse, to what is no business of ours, and to what has no words.
TURNED_AWAY = ("refused_unsafe", "refused_personal_data", "refused_other_service", "emergency", "clarify")


def stopped(text: str) -> str:
    """What the guard alone makes of it."""
    state = State(Question(text), text=normalise(text))
    guard(state)
    return state.draft.status if state.draft else ""


def test_five_hundred_ordinary_questions(place: Town, counting: Counting) -> None:
    tally, every = counting("ordinary questions"), share(questions(), 100)
    statuses: Counter[str] = Counter()
    place.model.says({"pick": ["[1]"]})
    with httpx2.Client(base_url=place.service, timeout=SECONDS + 3, headers=place.trusted) as client:
        for text in every:
            response = tell(tally, lambda t=text: client.post("/answer", json={"text": t}), text)
            if response is not None and response.status_code == 200:
                status = response.json()["status"]
                statuses[status] += 1
                if status in TURNED_AWAY:
                    tally.seen.append(f"{status}: {text}")
    turned = sum(statuses[status] for status in TURNED_AWAY)
    others = sum(count for status, count in statuses.items() if status.startswith("refused")) - turned
    tally.notes = [f"turned away {turned / len(every):.1%}", f"otherwise refused {others / len(every):.1%}"]
    assert sum(statuses.values()) == len(every)
    assert tally.clean, tally.seen
    assert turned <= MOST * len(every), tally.seen


def test_the_guard_alone_lets_them_pass() -> None:
    """All of them: without the rest of the pipeline that takes no time."""
    every = questions()
    assert len(set(every)) == COUNT
    caught = [text for text in every if stopped(text) in ("refused_unsafe", "emergency", "clarify")]
    assert len(caught) <= MOST * COUNT / 5, caught


@pytest.mark.parametrize("word", ["规则", "系统", "忽略", "密码"])
def test_a_guard_that_goes_by_single_words_would_fail(word: str) -> None:
    """The control: such words are in the corpus, so a guard that took them alone for misuse would be seen."""
    assert sum(word in text for text in questions()) >= 10
