"""The objects a running service works with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from rasa_sdk import Action

from actions.accounts.office import AccountOffice
from actions.answering.answer import Answer, Question
from actions.conversations.room import Room
from actions.feedback.opinions import Opinions
from actions.governance.current import Current, Served
from actions.governance.desk import KnowledgeDesk
from actions.governance.entries import Entries
from actions.governance.gaps import Gaps
from actions.governance.publish import Publisher
from actions.governance.switches import Switches
from actions.serving.lookup import Lookups
from actions.settings import Settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.office import Office
from knowledge.records import Source


class Answerer(Protocol):
    """The answering pipeline; called from several threads."""

    def answer(self, question: Question) -> Answer: ...


@dataclass(frozen=True)
class Published:
    """A document as the page that shows it needs it."""

    source: Source
    text: str  # as received, decoded; citations count their offsets in it

    def meta(self) -> dict[str, Any]:
        """Everything but the text, ready for JSON."""
        source = self.source
        return {
            "id": source.id,
            "origin": source.origin,
            "title": source.title,
            "publisher": source.publisher,
            "district": source.district,
            "published": shown_date(source),
            "period": list(source.period),
            "kind": source.kind,
            "sha256": source.sha256,
            "chars": len(self.text),
        }


@dataclass(frozen=True)
class Parts:
    """What the routes call."""

    answerer: Answerer
    actions: tuple[Action, ...]
    documents: Mapping[str, Published]
    rewrites: Counter[str] = field(default_factory=Counter)  # outcome → how often, of the language model
    office: Office | None = None  # None: an app that takes no tickets
    care: Aftercare | None = None  # likewise
    opinions: Opinions | None = None  # None: an app that asks for none
    current: Current | None = None  # None: an app that serves one thing for good
    publisher: Publisher | None = None  # likewise
    accounts: AccountOffice | None = None  # None: an app without a desk
    room: Room | None = None  # None: an app in which nobody can take over
    lookups: Lookups | None = None  # None: an app in which nothing is looked up while typing
    knowledge: KnowledgeDesk | None = None  # None: an app whose documents nobody changes
    switches: Switches | None = None  # None: an app that is always on
    entries: Entries | None = None  # None: an app without curated answers
    gaps: Gaps | None = None  # likewise


def shown_date(source: Source) -> str:
    """The publication date as far as it is known: ``2020-06-13``, or ``2021`` where only the year is."""
    date = source.published.isoformat()
    return date[:4] if source.published_precision == "year" else date


def published(pairs: Iterable[tuple[Source, str]]) -> dict[str, Published]:
    """Documents by source id."""
    return {source.id: Published(source, text) for source, text in pairs}


class LiveDocuments(Mapping[str, Published]):
    """The documents of the generation that is served at the moment of asking, by id."""

    def __init__(self, current: Current) -> None:
        self._current = current

    def __getitem__(self, key: str) -> Published:
        document = self._current.served.library.documents[key]
        return Published(document.source, document.text)

    def __iter__(self) -> Iterator[str]:
        return iter(self._current.served.library.documents)

    def __len__(self) -> int:
        return len(self._current.served.library.documents)


def build_parts(settings: Settings) -> Parts:
    """Load the index, the encoder and the documents; takes seconds and holds the processor.

    :raises Exception: the error of the folder concerned, naming the file and the fix.
    """
    # Imported here: the encoder's libraries take seconds to load, and an app with other parts needs none.
    from actions.bootstrap import (
        build_accounts,
        build_aftercare,
        build_current,
        build_encoder,
        build_front,
        build_office,
        build_opinions,
        build_publisher,
    )
    from actions.bootstrap.conversations import build_room
    from actions.bootstrap.knowledge import build_entries, build_gaps, build_knowledge, build_switches
    from actions.bootstrap.lookup import build_lookups
    from actions.handlers import build_actions

    rewrites: Counter[str] = Counter()
    encoder = build_encoder(settings)  # one for all: it is most of what the process weighs
    office = build_office(settings, encoder)

    def announce(served: Served) -> None:
        care.announcer.publish(office.store, served.library.passages)

    current = build_current(settings, encoder, rewrites, [announce])
    room = build_room(
        settings,
        office.store,
        current,
        lambda: [document.text for document in current.served.library.documents.values()],
    )
    care = build_aftercare(settings, office, encoder, [room.care.round])
    announce(current.served)
    accounts, publisher = build_accounts(settings, office.store), build_publisher(settings, current)
    return Parts(
        current,
        tuple(build_actions(build_front(settings, current, office, room.presence.opening))),
        LiveDocuments(current),
        rewrites,
        office,
        care,
        build_opinions(office),
        current,
        publisher,
        accounts,
        room,
        build_lookups(current),
        build_knowledge(settings, office.store, accounts.acts, current, publisher),
        build_switches(office.store, accounts.acts),
        build_entries(office.store, accounts.acts, current, encoder),
        build_gaps(office.store, encoder),
    )
