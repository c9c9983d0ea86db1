"""What goes into the pipeline and what comes out. ``Answer.payload`` is the shape that travels through Rasa."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Question:
    """One message of a resident, with the earlier messages of the same conversation."""

    text: str
    history: tuple[str, ...] = ()  # earlier user turns, oldest first


@dataclass(frozen=True)
class Citation:
    """A place in a published document that an answer rests on."""

    source_id: str
    origin: str  # file name as received
    title: str
    district: str
    published: str  # ISO date
    heading: tuple[str, ...]
    quote: str  # the sentence shown, verbatim
    start: int  # offsets of the passage in the source text
    end: int
    passage_id: str
    passage_text: str


@dataclass(frozen=True)
class Answer:
    """What the resident sees and why."""

    text: str
    status: str  # a key of statuses.yml
    citations: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()  # questions to offer as buttons
    ms: float = 0.0
    trace: dict[str, Any] = field(default_factory=dict, compare=False)
    refused: bool = False

    def payload(self) -> dict[str, Any]:
        """The JSON that travels as Rasa's ``custom`` message; ``trace`` stays behind."""
        # What is in them does not change: ``asdict`` would copy it piece by piece.
        data = {**vars(self), "citations": tuple({**vars(c)} for c in self.citations)}
        data.pop("trace")
        return data

    @classmethod
    def from_payload(cls, data: dict[str, Any]) -> Answer:
        """The inverse of :meth:`payload`.

        :raises TypeError: when a field is missing or unknown.
        """
        fields = dict(data)
        fields["citations"] = tuple(
            Citation(**{**c, "heading": tuple(c["heading"])}) for c in fields.pop("citations")
        )
        fields["suggestions"] = tuple(fields["suggestions"])
        return cls(**fields)
