"""Who wants to hear of what: opt-in, by topic and area, each stopped by one tap.

    mine = subscriptions.subscribe("web", session, "养老", "集士港")
    subscriptions.stop(mine.token)

``announce.py`` tells them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from actions.tickets.errors import ReportInvalid
from actions.tickets.reports import plain
from actions.tickets.store import Store
from actions.tickets.tables import subscriptions as table
from knowledge.normalise import normalise

FILE = Path(__file__).with_name("subscriptions.yml")
_TOKEN_BYTES = 16


@cache
def rules() -> dict[str, Any]:
    """``subscriptions.yml``."""
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


@dataclass(frozen=True)
class Subscription:
    """A wish to hear of a topic in an area; an empty area is the whole district. ``token`` stops it."""

    id: int
    token: str
    channel: str
    session: str
    topic: str
    area: str
    language: str
    created: datetime

    @property
    def title(self) -> str:
        """Topic and area as they are told."""
        return f"{self.area} {self.topic}".strip()

    def matches(self, text: str) -> bool:
        """Whether a normalised text speaks of both."""
        return normalise(self.topic) in text and normalise(self.area) in text


class Subscriptions:
    """The table ``subscriptions``."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def subscribe(
        self, channel: str, session: str, topic: str, area: str = "", language: str = "zh"
    ) -> Subscription:
        """Follow a topic; asking again gives the same subscription.

        :raises ReportInvalid: when topic or area can't be used, or there are too many
        """
        topic, area = _checked("topic", topic), _checked("area", area, needed=False)
        if not session:
            raise ReportInvalid("session 是空的：不知道该告诉谁")
        with self._store.writing() as connection:
            present = active(connection, _of(channel, session))
            known = [one for one in present if (one.topic, one.area) == (topic, area)]
            if known:
                return known[0]
            if len(present) >= rules()["most_topics"]:
                raise ReportInvalid(
                    f"已关注 {len(present)} 个主题，最多 {rules()['most_topics']} 个：请先停掉一个"
                )
            values = {"channel": channel, "session": session, "topic": topic, "area": area}
            made = {
                "token": secrets.token_urlsafe(_TOKEN_BYTES),
                "created": self._clock(),
                "language": language,
            }
            row = connection.execute(insert(table).returning(*table.c), {**values, **made}).one()
            return _read(row)

    def stop(self, token: str) -> None:
        """Stop one; an unknown token, or one that is stopped already, is nothing to complain about."""
        running = table.c.token == token, table.c.stopped.is_(None)
        with self._store.writing() as connection:
            connection.execute(update(table).where(*running).values(stopped=self._clock()))

    def of(self, channel: str, session: str) -> tuple[Subscription, ...]:
        """What a reader follows, oldest first."""
        with self._store.reading() as connection:
            return active(connection, _of(channel, session))


def active(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Subscription, ...]:
    """Subscriptions that have not been stopped, oldest first."""
    query = select(table).where(table.c.stopped.is_(None), *conditions).order_by(table.c.id)
    return tuple(_read(row) for row in connection.execute(query))


def _of(channel: str, session: str) -> ColumnElement[bool]:
    return and_(table.c.channel == channel, table.c.session == session)


def _checked(name: str, words: str, needed: bool = True) -> str:
    words, most = plain(words), rules()["most_chars"]
    if len(words) > most:
        raise ReportInvalid(f"{name} 有 {len(words)} 字，至多 {most} 字")
    if needed and len(normalise(words)) < 2:
        raise ReportInvalid(f"{name} 要至少两个字，例如「养老」")
    return words


def _read(row: Row[Any]) -> Subscription:
    return Subscription(
        row.id, row.token, row.channel, row.session, row.topic, row.area, row.language, row.created
    )
