"""The objects a running service works with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from rasa_sdk import Action

from actions.answering.answer import Answer, Question
from actions.feedback.opinions import Opinions
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
    documents: dict[str, Published]
    rewrites: Counter[str] = field(default_factory=Counter)  # outcome → how often, of the language model
    office: Office | None = None  # None: an app that takes no tickets
    care: Aftercare | None = None  # likewise
    opinions: Opinions | None = None  # None: an app that asks for none


def shown_date(source: Source) -> str:
    """The publication date as far as it is known: ``2020-06-13``, or ``2021`` where only the year is."""
    date = source.published.isoformat()
    return date[:4] if source.published_precision == "year" else date


def published(pairs: Iterable[tuple[Source, str]]) -> dict[str, Published]:
    """Documents by source id."""
    return {source.id: Published(source, text) for source, text in pairs}


def build_parts(settings: Settings) -> Parts:
    """Load the index, the encoder and the documents; takes seconds and holds the processor.

    :raises Exception: the error of the folder concerned, naming the file and the fix.
    """
    # Imported here: the encoder's libraries take seconds to load, and an app with other parts needs none.
    import knowledge
    from actions.bootstrap import (
        build_aftercare,
        build_answerer,
        build_encoder,
        build_front,
        build_office,
        build_opinions,
    )
    from actions.handlers import build_actions

    rewrites: Counter[str] = Counter()
    encoder = build_encoder(settings)  # one for both: it is most of what the process weighs
    answerer = build_answerer(settings, rewrites, encoder)
    office = build_office(settings, encoder)
    care = build_aftercare(settings, office, encoder)
    library = knowledge.load(settings.sources_dir.parent)
    care.announcer.publish(office.store, library.passages)
    documents = published((doc.source, doc.text) for doc in library.documents.values())
    actions = tuple(build_actions(build_front(settings, answerer, office)))
    return Parts(answerer, actions, documents, rewrites, office, care, build_opinions(office))
