"""What the dialogue's actions work with, and the pieces of text they have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import yaml
from rasa_sdk.executor import CollectingDispatcher

from actions.answering.answer import Answer, Question
from actions.answering.rules import guards
from actions.dialogue.desk import DeskHours, Opening
from actions.tickets.moment import now
from actions.tickets.records import Reception
from actions.tickets.sealing import Sealer
from actions.tickets.workdays import local
from knowledge.normalise import normalise

_NAMES = Path(__file__).with_name("names.yml")


class Answerer(Protocol):
    """The answering pipeline; called from several threads."""

    def answer(self, question: Question) -> Answer: ...

    def looks_like_question(self, text: str) -> bool: ...


@dataclass(frozen=True)
class FrontDesk:
    """The parts behind the dialogue.

    :param sealer: opens the phone numbers that the gateway sealed.
    :param opening: whether a person can be asked for; without it nobody ever can.
    """

    answerer: Answerer
    reception: Reception
    sealer: Sealer
    hours: DeskHours
    clock: Callable[[], datetime] = now
    opening: Callable[[], Opening] | None = None

    def reachable(self) -> Opening:
        """Whether a person can be asked for now."""
        if self.opening:
            return self.opening()
        return self.hours.closed(self.clock()) or "nobody"


async def answer_with(answerer: Answerer, dispatcher: CollectingDispatcher, question: Question) -> Answer:
    """Ask the pipeline and hand its answer to the resident."""
    answer = answerer.answer(question)
    dispatcher.utter_message(json_message={"answer": answer.payload()})
    return answer


def sounds_dangerous(text: str) -> bool:
    """Whether the pipeline's own rules take a message for an emergency."""
    words, rules = normalise(text), guards()
    return bool(rules["emergency"].search(words)) and not rules["emergency_unless"].search(words)


def shown_time(moment: datetime, english: bool) -> str:
    """Day and time in the district.

    >>> from datetime import UTC
    >>> shown_time(datetime(2026, 11, 25, 9, 30, tzinfo=UTC), english=False)
    '11月25日17:30'
    """
    at = local(moment)
    return f"{at.day} {at:%B} {at:%H:%M}" if english else f"{at.month}月{at.day}日{at:%H:%M}"


@cache
def _names() -> dict[str, dict[str, str]]:
    data: dict[str, Any] = yaml.safe_load(_NAMES.read_text(encoding="utf-8"))
    return {kind: {str(k): str(v) for k, v in names.items()} for kind, names in data.items()}


def shown_name(kind: str, name: str, english: bool) -> str:
    """A state or score in the resident's language; a name that the list lacks stays as it is."""
    return _names()[kind].get(name, name) if english else name
