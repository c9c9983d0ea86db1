"""One reply bubble, and how Rasa's messages and the pipeline's answers become some."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from actions.answering.answer import Answer, Citation
from bot.gateway.errors import RasaUnavailable


@dataclass(frozen=True)
class Button:
    """Something to tap: ``message`` is sent as if typed."""

    title: str
    message: str


@dataclass(frozen=True)
class Reply:
    """One bubble. ``notice`` names the gateway's own wording when it isn't Rasa or the pipeline that speaks."""

    text: str
    answer: Answer | None = None
    buttons: tuple[Button, ...] = ()
    notice: str = ""

    def json(self) -> dict[str, Any]:
        """As ``POST /api/chat`` gives it."""
        data: dict[str, Any] = {"text": self.text}
        if self.answer:
            data["answer"] = {
                "status": self.answer.status,
                "refused": self.answer.refused,
                "citations": [_citation(citation) for citation in self.answer.citations],
            }
        if self.buttons:
            data["buttons"] = [{"title": b.title, "message": b.message} for b in self.buttons]
        if self.notice:
            data["notice"] = self.notice
        return data


def source_url(source_id: str, start: int, end: int) -> str:
    """Where the document opens at this place."""
    return f"/sources/{quote(source_id, safe='')}?start={start}&end={end}#span"


def _citation(citation: Citation) -> dict[str, Any]:
    data = {name: getattr(citation, name) for name in Citation.__dataclass_fields__}
    return {**data, "url": source_url(citation.source_id, citation.start, citation.end)}


def from_answer(answer: Answer) -> Reply:
    """The pipeline's answer as a bubble, its suggestions as buttons."""
    return Reply(answer.text, answer, tuple(Button(text, text) for text in answer.suggestions))


def from_rasa(messages: Iterable[dict[str, Any]]) -> tuple[Reply, ...]:
    """Rasa's messages as bubbles; the same sentence only once.

    :raises RasaUnavailable: when there is nothing to show, or an answer has another shape.
    """
    replies = tuple(dict.fromkeys(reply for message in messages for reply in _from_message(message)))
    if not replies:
        raise RasaUnavailable("rasa's messages hold nothing to show")
    return replies


def has_failed(messages: Iterable[dict[str, Any]]) -> bool:
    """Whether one of the messages is ``{"custom": {"failed": true}}``: Rasa's sign that an action could not be run.

    Whatever else it says is still to be shown: an emergency's numbers must not get lost with it.
    """
    return any(isinstance(m.get("custom"), dict) and bool(m["custom"].get("failed")) for m in messages)


def wants_a_person(messages: Iterable[dict[str, Any]]) -> bool:
    """Whether one of them is the event ``{"custom": {"handoff": {"state": "queued"}}}``: a person is to be found."""
    customs = [m["custom"] for m in messages if isinstance(m.get("custom"), dict)]
    return any(isinstance(c.get("handoff"), dict) and c["handoff"].get("state") == "queued" for c in customs)


def _from_message(message: dict[str, Any]) -> Iterable[Reply]:
    custom = message.get("custom")
    if isinstance(custom, dict) and "answer" in custom:
        try:
            yield from_answer(Answer.from_payload(custom["answer"]))
        except (TypeError, KeyError, AttributeError) as error:
            raise RasaUnavailable(f"the answer in rasa's reply has another shape: {error}") from None
    text = message.get("text")
    if isinstance(text, str) and text.strip():
        yield Reply(text, buttons=tuple(_buttons(message.get("buttons"))))


def _buttons(buttons: object) -> Iterable[Button]:
    for button in buttons if isinstance(buttons, list) else ():
        title, payload = str(button.get("title", "")), str(button.get("payload", ""))
        # A "/intent" payload would come back as typed text and be defused; its title says the same in words.
        if title:
            yield Button(title, title if payload.startswith("/") or not payload else payload)
