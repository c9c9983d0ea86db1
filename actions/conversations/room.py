"""Everything that works on conversations, wired together."""

from __future__ import annotations

from dataclasses import dataclass

from actions.conversations.advice import Advice
from actions.conversations.care import Care
from actions.conversations.inbox import Inbox
from actions.conversations.pen import Pen
from actions.conversations.presence import Presence
from actions.conversations.takeover import Takeover
from actions.conversations.turns import Turns
from actions.tickets.store import Store


@dataclass(frozen=True)
class Room:
    """The doors to the conversations of one ledger: for the gateway, for operators, for the rounds."""

    store: Store
    pen: Pen
    turns: Turns
    takeover: Takeover
    presence: Presence
    inbox: Inbox
    advice: Advice
    care: Care
