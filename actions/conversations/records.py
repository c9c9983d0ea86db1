"""What crosses the folder's edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

State = Literal["bot", "waiting", "human", "closed"]


@dataclass(frozen=True)
class Operator:
    """Who acts. ``name`` is shown to residents."""

    id: str
    name: str


NOBODY = Operator("", "")


@dataclass(frozen=True)
class Heard:
    """What a resident said.

    :param text: masked.
    :param key: the client's name of the message; the same again is the same message.
    """

    conversation: str
    session: str
    channel: str
    text: str
    key: str


@dataclass(frozen=True)
class BotReply:
    """One bubble of the bot, with what it rests on."""

    text: str
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Standing:
    """What a resident is told of the desk. ``ahead``: how many others wait before them."""

    state: Literal["waiting", "human"]
    operator: str = ""
    ahead: int = 0

    def json(self) -> dict[str, Any]:
        """As the bodies of the chat carry it."""
        if self.state == "human":
            return {"state": "human", "operator": self.operator}
        return {"state": "waiting", "ahead": self.ahead}


@dataclass(frozen=True)
class Opened:
    """:param number: of the resident's words.
    :param held: a person has the word; nothing is to be composed.
    :param danger: the words sound like an emergency.
    """

    number: int
    held: bool
    danger: bool = False
    standing: Standing | None = None


@dataclass(frozen=True)
class Committed:
    """:param sent: whether the bot's replies go out.
    :param notice: a sentence to show below them; empty for none.
    """

    sent: bool
    standing: Standing | None = None
    notice: str = ""


@dataclass(frozen=True)
class Conversation:
    """A row of ``conversations``."""

    id: str
    session: str
    channel: str
    state: State
    owner: str
    owner_name: str
    epoch: int
    length: int
    mood: str
    language: str
    began: datetime
    active: datetime
    waiting_since: datetime | None
    closed: datetime | None
    erased: datetime | None


@dataclass(frozen=True)
class Utterance:
    """A row of ``utterances``."""

    conversation: str
    number: int
    speaker: str
    text: str
    answer: str
    operator: str
    name: str
    at: datetime
    turn: int
    key: str | None
    withheld: bool
    erased: bool
