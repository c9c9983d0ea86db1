"""The conversations with everything that works on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from actions.answering.guard import is_english
from actions.bootstrap.tickets import build_outbox
from actions.conversations.advice import Advice, Answerer, Documents
from actions.conversations.care import Care
from actions.conversations.inbox import Inbox
from actions.conversations.pen import Pen
from actions.conversations.presence import Presence
from actions.conversations.room import Room
from actions.conversations.takeover import Takeover
from actions.conversations.tuning import Tuning
from actions.conversations.turns import Turns
from actions.dialogue.desk import DeskHours
from actions.dialogue.front import sounds_dangerous
from actions.dialogue.told import tell
from actions.feedback.opinions import Opinions
from actions.settings import Settings
from actions.tickets.moment import now
from actions.tickets.outbox import Outbox
from actions.tickets.store import Store
from knowledge.normalise import normalise


def build_room(settings: Settings, store: Store, answerer: Answerer, documents: Documents) -> Room:
    """The conversations of a ledger that is open. Raises DeskHoursUnusable when DESK_HOURS makes no sense.

    :param documents: gives the published texts of the moment, in which an operator's sentence is looked up.
    """
    hours = DeskHours.parse(settings.desk_hours)
    return furnish(store, build_outbox(settings), hours, answerer, documents, now)


def furnish(
    store: Store,
    outbox: Outbox,
    hours: DeskHours,
    answerer: Answerer,
    documents: Documents,
    clock: Callable[[], datetime],
    tuning: Tuning | None = None,
) -> Room:
    """The parts put together, with whatever clock and hours."""
    tuning = tuning or Tuning.load()
    pen = Pen(outbox, clock)
    presence = Presence(store, hours, clock, timedelta(seconds=tuning.away_after_seconds))
    return Room(
        store,
        pen,
        Turns(store, pen, sounds_dangerous, mood_of, in_english),
        Takeover(store, pen, presence, tuning),
        presence,
        Inbox(store, clock, tuning),
        Advice(answerer, documents, tuning),
        Care(store, pen, presence, tuning, Opinions(store, clock)),
    )


def in_english(words: str) -> bool:
    """Whether the desk's own sentences are to be English."""
    return is_english(normalise(words))


def mood_of(words: str) -> str:
    """What an operator should know of the mood before they speak."""
    told = tell(words)
    return " ".join(name for name, there in (("angry", told.angry), ("repeated", told.repeated)) if there)
