"""Suggests which open tickets are probably of one matter, for an operator to merge.

    duplicates.of(ticket)    # (Suggestion("HS…", likeness=0.91, place=1.0), …), the likeliest first

Same category, same place as far as it was said, like words, and recent. Nothing is merged by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from sqlalchemy import select

from actions.tickets.states import load_states
from actions.tickets.store import Store
from actions.tickets.tables import tickets
from actions.tickets.ticket import Ticket
from embeddings.encoder import Encoder
from knowledge.normalise import normalise

FILE = Path(__file__).with_name("duplicates.yml")
_TROUBLE = frozenset({"求助", "投诉"})  # one person asks for help, the next complains, of the same lamp


@dataclass(frozen=True)
class Thresholds:
    """``duplicates.yml``."""

    within_days: float
    likeness: float
    place: float
    without_place: float
    most: int

    @classmethod
    def load(cls) -> Thresholds:
        """The project's own."""
        return cls(**yaml.safe_load(FILE.read_text("utf-8")))


@dataclass(frozen=True)
class Suggestion:
    """Another ticket of probably the same matter. ``place``: 0 to 1, None when neither says where."""

    number: str
    likeness: float
    place: float | None


class Duplicates:
    """Compares a ticket with the open ones around it."""

    def __init__(
        self, store: Store, encoder: Encoder, thresholds: Thresholds, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._thresholds = thresholds
        self._clock = clock

    def of(self, ticket: Ticket) -> tuple[Suggestion, ...]:
        """Tickets that this one could be merged with, the likeliest first."""
        others = self._around(ticket)
        if not others:
            return ()
        texts = [normalise(one.problem) for one in (ticket, *others)]
        vectors = self._encoder.encode_queries(texts)
        found = [
            Suggestion(other.number, float(likeness), place_share(ticket.place, other.place))
            for other, likeness in zip(others, vectors[1:] @ vectors[0], strict=True)
        ]
        good = [suggestion for suggestion in found if self._same(suggestion)]
        ranked = sorted(good, key=lambda s: (s.place or 0.0) + s.likeness, reverse=True)
        return tuple(ranked[: self._thresholds.most])

    def _around(self, ticket: Ticket) -> Sequence[Ticket]:
        since = self._clock() - timedelta(days=self._thresholds.within_days)
        kinds = _TROUBLE if ticket.kind in _TROUBLE else {ticket.kind}
        query = select(tickets).where(
            tickets.c.id != ticket.id,
            tickets.c.kind.in_(kinds),
            tickets.c.category == ticket.category,
            tickets.c.state.in_(load_states().open_states),
            tickets.c.merged_into.is_(None),
            tickets.c.callback.is_(False),
            tickets.c.created >= since,
        )
        with self._store.reading() as connection:
            return [Ticket.from_row(row) for row in connection.execute(query.order_by(tickets.c.id))]

    def _same(self, suggestion: Suggestion) -> bool:
        limits = self._thresholds
        if suggestion.place is None:
            return suggestion.likeness >= limits.without_place
        return suggestion.place >= limits.place and suggestion.likeness >= limits.likeness


def place_share(one: str, other: str) -> float | None:
    """How much of the shorter place stands in the longer one, by pairs of characters.

    >>> place_share("望春街道春城花园3幢", "春城花园3幢")
    1.0
    """
    pairs = [_pairs(normalise(place)) for place in (one, other)]
    if not any(pairs):
        return None
    shorter, longer = sorted(pairs, key=len)
    return len(shorter & longer) / len(shorter) if shorter else 0.0


def _pairs(place: str) -> frozenset[str]:
    return frozenset(place[i : i + 2] for i in range(len(place) - 1))
