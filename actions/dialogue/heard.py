"""One message as the dialogue hears it, and what a turn comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from actions.dialogue.draft import Draft

End = Literal["", "confirmed", "cancelled", "danger", "left"]
Aside = Literal["", "answer", "talk", "tickets", "desk"]


@dataclass(frozen=True)
class Heard:
    """:param phones: sealed numbers that the gateway took out of the text, as they came."""

    text: str
    intent: str = ""
    phones: tuple[str, ...] = ()
    english: bool = False


@dataclass(frozen=True)
class Turn:
    """What follows from a message while a report is being taken down.

    ``says`` are responses for Rasa with the values they name, spoken before the next question.
    ``aside`` is something else that the message wants first: an answer, small talk, a ticket's state, a person.
    """

    draft: Draft
    ask: str = ""
    says: tuple[str, ...] = ()
    end: End = ""
    aside: Aside = ""
    values: dict[str, str] = field(default_factory=dict)
