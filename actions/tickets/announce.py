"""Tells subscribers of what is new: a ticket that is filed, a document that is published.

Of another resident's ticket only the category is told, never what was written or where exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from actions.tickets.book import Change
from actions.tickets.outbox import Draft, Outbox
from actions.tickets.store import Store
from actions.tickets.subscriptions import Subscription, active, rules
from actions.tickets.tables import outbox as letters
from actions.tickets.tables import seen_sources
from knowledge.normalise import normalise
from knowledge.records import Passage, Source

_KIND = "topic"


class Announcer:
    """Writes messages to subscribers; as a listener of the ledger it hears of every new ticket."""

    def __init__(self, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self._clock = clock

    def __call__(self, connection: Connection, change: Change) -> None:
        """See ``book.Listener``."""
        ticket = change.ticket
        if change.move != "file" or ticket.callback:
            return
        text = normalise(f"{ticket.category} {ticket.place} {ticket.problem}")
        for one in active(connection):
            own = (one.channel, one.session) == (ticket.channel, ticket.session)
            if not own and one.matches(text):
                self._tell(connection, one, "ticket", str(ticket.id), {"category": ticket.category})

    def publish(self, store: Store, passages: Iterable[Passage]) -> tuple[str, ...]:
        """Tell of documents that were not there before; returns their ids. The very first ones are told to nobody."""
        found: dict[str, list[Passage]] = {}
        for passage in passages:
            found.setdefault(passage.source.id, []).append(passage)
        with store.writing() as connection:
            known = set(connection.scalars(select(seen_sources.c.source_id)))
            new = [source_id for source_id in found if source_id not in known]
            for source_id in new:
                connection.execute(insert(seen_sources), {"source_id": source_id, "at": self._clock()})
            if known:
                for source_id in new:
                    self._tell_of_source(connection, found[source_id])
        return tuple(new)

    def _tell_of_source(self, connection: Connection, passages: list[Passage]) -> None:
        source: Source = passages[0].source
        texts = [normalise(" ".join([*p.heading, p.label, p.text])) for p in passages]
        for one in active(connection):
            if any(one.matches(text) for text in texts):
                facts = {"title": source.title, "url": f"/sources/{source.id}"}
                self._tell(connection, one, "source", source.id, facts)

    def _tell(
        self, connection: Connection, one: Subscription, what: str, of: str, facts: Mapping[str, str]
    ) -> None:
        if self._told_today(connection, one) >= rules()["most_per_day"]:
            return
        language = "en" if one.language.startswith("en") else "zh"
        body = {
            "text": rules()[what][language].format(topic=one.title, **facts),
            "stop": {"title": rules()["stop"][language], "token": one.token},
            **({"url": facts["url"]} if "url" in facts else {}),
        }
        draft = Draft(_KIND, one.channel, one.session, body, f"{_KIND}:{one.id}:{what}:{of}")
        self._outbox.put(connection, draft)

    def _told_today(self, connection: Connection, one: Subscription) -> int:
        since = self._clock() - timedelta(days=1)
        mine = letters.c.dedup.like(f"{_KIND}:{one.id}:%"), letters.c.created > since
        return connection.scalar(select(func.count()).select_from(letters).where(*mine)) or 0
